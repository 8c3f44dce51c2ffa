with

limit_changes as (

    select * from {{ source('safer_gambling', 'limit_changes') }}

),

renamed as (

    select
        limit_change_id,
        customer_id,
        limit_type,
        limit_period,
        action,
        currency_code,
        revision,
        limit_amount,
        requested_at,
        effective_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from limit_changes

)

select * from renamed

with

sessions as (

    select * from {{ source('product_events', 'sessions') }}

),

renamed as (

    select
        session_key,
        session_id,
        customer_id,
        channel,
        app_version,
        revision,
        started_at,
        ended_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from sessions

)

select * from renamed

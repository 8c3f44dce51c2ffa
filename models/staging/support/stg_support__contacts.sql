with

contacts as (

    select * from {{ source('support', 'contacts') }}

),

renamed as (

    select
        contact_id,
        customer_id,
        channel,
        topic,
        revision,
        satisfaction_score,
        opened_at,
        first_response_at,
        closed_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from contacts

)

select * from renamed

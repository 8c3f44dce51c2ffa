with

responses as (

    select * from {{ source('crm', 'responses') }}

),

renamed as (

    select
        response_id,
        send_id,
        customer_id,
        response_type,
        revision,
        responded_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from responses

)

select * from renamed

with

geolocation_checks as (

    select * from {{ source('geolocation', 'geolocation_checks') }}

),

renamed as (

    select
        check_id,
        session_id,
        customer_id,
        jurisdiction,
        result,
        accuracy_metres,
        revision,
        checked_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from geolocation_checks

)

select * from renamed

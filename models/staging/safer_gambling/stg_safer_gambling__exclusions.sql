with

exclusions as (

    select * from {{ source('safer_gambling', 'exclusions') }}

),

renamed as (

    select
        exclusion_id,
        customer_id,
        exclusion_type,
        scope,
        revision,
        started_at,
        ends_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from exclusions

)

select * from renamed

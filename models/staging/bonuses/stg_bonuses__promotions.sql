with

promotions as (

    select * from {{ source('bonuses', 'promotions') }}

),

renamed as (

    select
        promotion_id,
        promotion_name,
        promotion_kind,
        wagering_factor,
        revision,
        starts_at,
        ends_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from promotions

)

select * from renamed

{{ config(materialized='view') }}

with

promotions as (

    select * from {{ ref('stg_bonuses__promotions') }}
    where known_to >= {{ end_of_time() }}

),

current_promotions as (

    select
        promotion_id,
        promotion_name,
        promotion_kind,
        wagering_factor,
        starts_at,
        ends_at,
        known_from as known_at
    from promotions

)

select * from current_promotions

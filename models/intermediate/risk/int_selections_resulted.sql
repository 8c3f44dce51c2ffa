{{ config(materialized='table') }}

with

results as (

    select * from {{ ref('stg_trading__results') }}
    where known_to >= {{ end_of_time() }}

),

first_moments as (

    select
        selection_id,
        min(resulted_at) as first_resulted_at,
        max(known_from) as known_at
    from results
    group by selection_id

),

-- A later version replaces an earlier one: the official result, or a changed one.
latest_results as (

    select
        results.event_id,
        results.market_id,
        results.selection_id,
        results.result as leg_result,
        results.certainty,
        results.void_factor,
        results.dead_heat_factor,
        results.resulted_at,
        first_moments.first_resulted_at,
        first_moments.known_at
    from results
    inner join first_moments
        on results.selection_id = first_moments.selection_id
    qualify
        row_number() over (
            partition by results.selection_id
            order by results.result_version desc nulls last
        ) = 1

)

select * from latest_results

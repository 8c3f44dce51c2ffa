{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_open_legs_revealed') }}

),

settlements as (

    select * from {{ ref('stg_betting__settlements') }}

),

-- The last version states the whole position: what earlier ones said no longer holds.
positions as (

    select
        bet_key,
        settlement_version,
        revision
    from settlements
    where
        known_to >= {{ end_of_time() }}
        and bet_key in (select legs.bet_key from legs)
    qualify
        row_number() over (
            partition by bet_key order by settlement_version desc nulls last
        ) = 1

),

leg_results as (

    select * from {{ ref('stg_betting__leg_results') }}
    where bet_key in (select positions.bet_key from positions)

),

own_results as (

    select
        leg_results.bet_key,
        leg_results.leg_no,
        leg_results.leg_result,
        leg_results.void_factor,
        leg_results.dead_heat_factor
    from positions
    inner join leg_results
        on
            positions.bet_key = leg_results.bet_key
            and positions.settlement_version = leg_results.settlement_version
            and positions.revision = leg_results.revision
    where leg_results.leg_result is not null

)

select * from own_results

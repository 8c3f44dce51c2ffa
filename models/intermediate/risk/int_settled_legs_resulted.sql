with

legs as (

    select * from {{ ref('int_legs_placed') }}

),

market_results as (

    select * from {{ ref('int_selections_resulted') }}

),

rules as (

    select * from {{ ref('leg_result_rules') }}

),

legs_with_result as (

    select
        legs.bet_key,
        legs.leg_no,
        legs.decimal_odds,
        market_results.leg_result,
        market_results.void_factor,
        market_results.dead_heat_factor,
        market_results.known_at
    from legs
    left join market_results
        on legs.selection_id = market_results.selection_id

),

legs_with_return as (

    select
        legs_with_result.bet_key,
        legs_with_result.leg_no,
        legs_with_result.leg_result,
        {{ leg_return('legs_with_result', 'rules') }} as leg_return,
        legs_with_result.known_at
    from legs_with_result
    left join rules
        on legs_with_result.leg_result = rules.leg_result

)

select * from legs_with_return

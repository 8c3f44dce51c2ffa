{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_open_legs_revealed') }}

),

own_results as (

    select * from {{ ref('int_open_results_stated') }}

),

market_results as (

    select * from {{ ref('int_selections_resulted') }}

),

rules as (

    select * from {{ ref('leg_result_rules') }}

),

-- What the bet's own settlement says of a leg goes before the market's result.
legs_with_result as (

    select
        legs.bet_key,
        legs.event_id,
        legs.market_id,
        legs.selection_id,
        legs.leg_no,
        cast(power(2, row_number() over (
            partition by legs.bet_key order by legs.leg_no asc nulls last
        ) - 1) as bigint) as leg_bit,
        legs.decimal_odds,
        market_results.resulted_at,
        case
            when own_results.bet_key is not null then own_results.leg_result
            else market_results.leg_result
        end as leg_result,
        case
            when own_results.bet_key is not null then own_results.void_factor
            else market_results.void_factor
        end as void_factor,
        case
            when own_results.bet_key is not null then own_results.dead_heat_factor
            else market_results.dead_heat_factor
        end as dead_heat_factor
    from legs
    left join own_results
        on
            legs.bet_key = own_results.bet_key
            and legs.leg_no = own_results.leg_no
    left join market_results
        on legs.selection_id = market_results.selection_id

),

legs_with_return as (

    select
        legs_with_result.*,
        {{ leg_return('legs_with_result', 'rules') }} as leg_return
    from legs_with_result
    left join rules
        on legs_with_result.leg_result = rules.leg_result

),

legs_with_state as (

    select
        *,
        case
            when leg_result is null then 'undecided'
            when leg_return = 0 then 'lost'
            when leg_return = decimal_odds then 'won'
            else 'part'
        end as leg_state
    from legs_with_return

)

select * from legs_with_state

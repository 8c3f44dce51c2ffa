{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_open_legs_revealed') }}

),

settlements as (

    select * from {{ ref('stg_betting__settlements') }}

),

leg_results as (

    select * from {{ ref('stg_betting__leg_results') }}

),

rules as (

    select * from {{ ref('leg_result_rules') }}

),

-- The last version states the whole position: what earlier ones said no longer holds.
positions as (

    select
        bet_key,
        settlement_version,
        revision
    from settlements
    where
        known_to = {{ end_of_time() }}
        and bet_key in (select legs.bet_key from legs)
    qualify
        row_number() over (
            partition by bet_key order by settlement_version desc nulls last
        ) = 1

),

results as (

    select
        leg_results.bet_key,
        leg_results.leg_no,
        leg_results.leg_result,
        rules.win_share,
        coalesce(leg_results.void_factor, rules.void_factor) as void_factor,
        coalesce(leg_results.dead_heat_factor, 1) as dead_heat_factor
    from positions
    inner join leg_results
        on
            positions.bet_key = leg_results.bet_key
            and positions.settlement_version = leg_results.settlement_version
            and positions.revision = leg_results.revision
    inner join rules
        on leg_results.leg_result = rules.leg_result

),

-- (1 - void factor) x win x odds x dead heat factor + void factor.
legs_with_return as (

    select
        legs.bet_key,
        legs.event_id,
        legs.market_id,
        legs.selection_id,
        results.leg_result,
        legs.leg_no,
        cast(power(2, row_number() over (
            partition by legs.bet_key order by legs.leg_no nulls last
        ) - 1) as bigint) as leg_bit,
        legs.decimal_odds,
        cast(case
            when results.leg_result is null then legs.decimal_odds
            else (1 - results.void_factor) * (
                legs.decimal_odds * results.win_share * results.dead_heat_factor
            ) + results.void_factor
        end as decimal(14, 6)) as leg_return
    from legs
    left join results
        on
            legs.bet_key = results.bet_key
            and legs.leg_no = results.leg_no

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

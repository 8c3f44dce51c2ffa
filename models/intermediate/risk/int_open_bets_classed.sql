{{ config(materialized='table') }}

with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

legs as (

    select * from {{ ref('int_open_legs_decided') }}

),

system_bets as (

    select * from {{ ref('system_bets') }}

),

legs_summed_to_bets as (

    select
        bet_key,
        count(*) as leg_count,
        sum(case when leg_state = 'undecided' then 1 else 0 end) as undecided_count,
        sum(case when leg_state = 'lost' then 1 else 0 end) as lost_count,
        sum(case when leg_state = 'part' then 1 else 0 end) as part_count
    from legs
    group by bet_key

),

-- A multiple has one line, of all its legs. It needs no lines while every leg that is
-- decided won or lost in full.
classed_bets as (

    select
        open_bets.bet_key,
        open_bets.currency_code,
        case
            when system_bets.line_count is not null then 'lines'
            when open_bets.line_count > 1 then 'unknown'
            when legs_summed_to_bets.part_count > 0 then 'lines'
            else 'whole'
        end as payout_rule,
        open_bets.line_count,
        coalesce(legs_summed_to_bets.leg_count, 0) as leg_count,
        coalesce(legs_summed_to_bets.undecided_count, 0) as undecided_count,
        coalesce(legs_summed_to_bets.lost_count, 0) as lost_count,
        coalesce(legs_summed_to_bets.part_count, 0) as part_count,
        coalesce(system_bets.fewest_legs, legs_summed_to_bets.leg_count) as fewest_legs,
        coalesce(system_bets.most_legs, legs_summed_to_bets.leg_count) as most_legs,
        open_bets.open_stake_amount,
        open_bets.bonus_open_stake_amount,
        open_bets.potential_payout_amount,
        open_bets.placed_date
    from open_bets
    left join legs_summed_to_bets
        on open_bets.bet_key = legs_summed_to_bets.bet_key
    left join system_bets
        on
            open_bets.line_count = system_bets.line_count
            and legs_summed_to_bets.leg_count = system_bets.leg_count

)

select * from classed_bets

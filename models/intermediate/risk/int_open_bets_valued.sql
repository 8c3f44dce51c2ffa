{{ config(materialized='table') }}

with

bets as (

    select * from {{ ref('int_open_bets_classed') }}

),

lines as (

    select * from {{ ref('int_open_lines_revealed') }}

),

payout_limits as (

    select * from {{ ref('risk_thresholds') }}
    where threshold = 'most_unit_return'

),

lines_summed_to_bets as (

    select
        bet_key,
        sum(unit_return) as unit_return
    from lines
    group by bet_key

),

bets_with_return as (

    select
        bets.*,
        payout_limits.value * bets.line_count as most_returned,
        lines_summed_to_bets.unit_return
    from bets
    inner join payout_limits
        on
            bets.placed_date >= payout_limits.valid_from
            and bets.placed_date < payout_limits.valid_to
    left join lines_summed_to_bets
        on bets.bet_key = lines_summed_to_bets.bet_key

),

-- While every leg can win in full, what the platform said is due then is due.
bets_with_payout as (

    select
        *,
        cast(case
            when payout_rule = 'unknown' or lost_count + part_count = 0
                then potential_payout_amount
            when payout_rule = 'whole' then 0
            else {{ bet_payout(
                'open_stake_amount',
                'bonus_open_stake_amount',
                'least(unit_return, most_returned)',
                'line_count'
            ) }}
        end as decimal(18, 2)) as most_payout_amount
    from bets_with_return

),

bets_with_state as (

    select
        bet_key,
        currency_code,
        payout_rule,
        case
            when payout_rule = 'whole' and lost_count > 0 then 'lost'
            when payout_rule = 'lines' and unit_return = 0 then 'lost'
            when undecided_count = 0 then 'decided'
            else 'alive'
        end as bet_state,
        line_count,
        open_stake_amount,
        bonus_open_stake_amount,
        most_payout_amount,
        most_returned
    from bets_with_payout

)

select * from bets_with_state

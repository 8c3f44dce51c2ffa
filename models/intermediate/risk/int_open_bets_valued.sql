{{ config(materialized='table') }}

with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

legs as (

    select * from {{ ref('int_open_legs_decided') }}

),

lines as (

    select * from {{ ref('int_open_lines_revealed') }}

),

payout_limits as (

    select * from {{ ref('risk_thresholds') }}
    where rule = 'payout' and threshold = 'most_unit_return'

),

legs_summed_to_bets as (

    select
        bet_key,
        sum(case when leg_state = 'undecided' then 1 else 0 end) as undecided_count,
        sum(case when leg_state = 'lost' then 1 else 0 end) as lost_count,
        sum(case when leg_state = 'part' then 1 else 0 end) as part_count
    from legs
    group by bet_key

),

lines_summed_to_bets as (

    select
        bet_key,
        sum(unit_return) as unit_return
    from lines
    group by bet_key

),

bets_with_counts as (

    select
        open_bets.bet_key,
        open_bets.currency_code,
        open_bets.line_count,
        open_bets.open_stake_amount,
        open_bets.bonus_open_stake_amount,
        open_bets.potential_payout_amount,
        coalesce(legs_summed_to_bets.undecided_count, 0) as undecided_count,
        coalesce(legs_summed_to_bets.lost_count, 0) as lost_count,
        coalesce(legs_summed_to_bets.part_count, 0) as part_count,
        payout_limits.value * open_bets.line_count as most_returned,
        lines_summed_to_bets.unit_return,
        case
            when lines_summed_to_bets.bet_key is not null then 'lines'
            when open_bets.line_count = 1 then 'whole'
            else 'unknown'
        end as payout_rule
    from open_bets
    inner join payout_limits
        on
            open_bets.placed_date >= payout_limits.valid_from
            and open_bets.placed_date < payout_limits.valid_to
    left join legs_summed_to_bets
        on open_bets.bet_key = legs_summed_to_bets.bet_key
    left join lines_summed_to_bets
        on open_bets.bet_key = lines_summed_to_bets.bet_key

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
    from bets_with_counts

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

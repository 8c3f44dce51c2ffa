{{ config(materialized='table') }}

with

wins as (

    select * from {{ ref('int_open_wins_combined') }}

),

lines as (

    select * from {{ ref('int_open_lines_revealed') }}

),

bets as (

    select * from {{ ref('int_open_bets_valued') }}

),

-- The lines without a lost leg, all legs on other events won.
wins_with_return as (

    select
        wins.bet_key,
        wins.event_id,
        wins.leg_set,
        wins.event_set,
        wins.leg_count,
        coalesce(sum(lines.unit_return), 0) as unit_return
    from wins
    left join lines
        on
            wins.bet_key = lines.bet_key
            and (lines.leg_set & (wins.event_set - wins.leg_set)) = 0
    group by wins.bet_key, wins.event_id, wins.leg_set, wins.event_set, wins.leg_count

),

-- Part of the legs pays no more than all of them, whatever the stake of a mistaken row.
wins_with_payout as (

    select
        wins_with_return.bet_key,
        wins_with_return.event_id,
        bets.currency_code,
        wins_with_return.leg_set,
        wins_with_return.leg_count,
        case
            when wins_with_return.leg_set = wins_with_return.event_set
                then bets.most_payout_amount
            else least(
                {{ bet_payout(
                    'bets.open_stake_amount',
                    'bets.bonus_open_stake_amount',
                    'least(wins_with_return.unit_return, bets.most_returned)',
                    'bets.line_count'
                ) }}, bets.most_payout_amount
            )
        end as payout_amount
    from wins_with_return
    inner join bets
        on wins_with_return.bet_key = bets.bet_key

)

select * from wins_with_payout

-- What: per currency, each open bet stands in rpt_open_liability with its whole open
-- stake once for each selection of its current legs that it still waits for, or that
-- decided it.
-- When it matters: a bet that is missing or stands twice misstates the liability.
-- What to do: compare int_open_legs_revealed with stg_betting__bet_legs for the bets of
-- the currency named; `build --full-refresh` makes the open legs anew.
{{ config(tags='whole_history', group='risk') }}

with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where known_to >= {{ end_of_time() }}

),

legs as (

    select * from {{ ref('stg_betting__bet_legs') }}

),

standing_legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

liability as (

    select * from {{ ref('rpt_open_liability') }}

),

-- Grouped, for a bet with two legs on one selection counts once there.
selections_backed as (

    select
        bets.bet_key,
        legs.event_id,
        legs.market_id,
        legs.selection_id
    from bets
    inner join legs
        on
            bets.bet_key = legs.bet_key
            and bets.revision = legs.revision
    group by bets.bet_key, legs.event_id, legs.market_id, legs.selection_id

),

standings as (

    select
        bet_key,
        event_id,
        market_id,
        selection_id,
        max(case when bet_state = 'lost' then 0 else most_payout_amount end)
            as potential_payout_amount
    from standing_legs
    group by bet_key, event_id, market_id, selection_id

),

bets_standing as (

    select bet_key from standing_legs
    group by bet_key

),

signed_figures as (

    select
        open_bets.currency_code,
        1 as open_bet_count,
        open_bets.open_stake_amount,
        standings.potential_payout_amount
    from open_bets
    left join selections_backed
        on open_bets.bet_key = selections_backed.bet_key
    left join standings
        on
            selections_backed.bet_key = standings.bet_key
            and selections_backed.event_id = standings.event_id
            and selections_backed.market_id = standings.market_id
            and selections_backed.selection_id = standings.selection_id
    left join bets_standing
        on open_bets.bet_key = bets_standing.bet_key
    where standings.bet_key is not null or bets_standing.bet_key is null
    union all
    select
        currency_code,
        -open_bet_count as open_bet_count,
        -open_stake_amount as open_stake_amount,
        -potential_payout_amount as potential_payout_amount
    from liability

)

select
    currency_code,
    sum(open_bet_count) as open_bet_count,
    sum(open_stake_amount) as open_stake_amount,
    sum(potential_payout_amount) as potential_payout_amount
from signed_figures
group by currency_code
having
    sum(open_bet_count) <> 0
    or sum(open_stake_amount) <> 0
    or sum(potential_payout_amount) <> 0

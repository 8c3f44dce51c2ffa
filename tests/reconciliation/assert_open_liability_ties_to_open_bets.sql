-- What: each open bet stands in rpt_open_liability once for each selection that its
-- current legs name, with its whole open stake and potential payout.
-- When it matters: a bet that is missing or stands twice misstates the liability.
-- What to do: compare int_open_legs_revealed with stg_betting__bet_legs for the bets of
-- the currency named; `build --full-refresh` makes the open legs anew.
{{ config(tags='whole_history') }}

with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where known_to = {{ end_of_time() }}

),

legs as (

    select * from {{ ref('stg_betting__bet_legs') }}

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

signed_figures as (

    select
        open_bets.currency_code,
        1 as open_bet_count,
        open_bets.open_stake_amount,
        open_bets.potential_payout_amount
    from open_bets
    -- A bet counts once for each selection that it backs.
    left join selections_backed  -- noqa: ST11
        on open_bets.bet_key = selections_backed.bet_key
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

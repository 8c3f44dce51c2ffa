-- What: per currency, rpt_open_book holds the bets and the open stake of fct_open_bets,
-- to the cent.
-- When it matters: Finance and Risk speak of the same open bets.
-- What to do: look for bets of the currency that int_open_bets_valued lacks; a bet
-- placed in a period without a most_unit_return in risk_thresholds is one.
with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

book as (

    select * from {{ ref('rpt_open_book') }}

),

signed_figures as (

    select
        currency_code,
        1 as open_bet_count,
        open_stake_amount
    from open_bets
    union all
    select
        currency_code,
        -open_bet_count as open_bet_count,
        -open_stake_amount as open_stake_amount
    from book

)

select
    currency_code,
    sum(open_bet_count) as open_bet_count,
    sum(open_stake_amount) as open_stake_amount
from signed_figures
group by currency_code
having sum(open_bet_count) <> 0 or sum(open_stake_amount) <> 0

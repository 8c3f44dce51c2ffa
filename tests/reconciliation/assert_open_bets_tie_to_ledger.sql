-- What: per jurisdiction and currency, the open stake of fct_open_bets is that of the
-- bets that have one by the ledger, in all and bonus-funded, and as many bets have it.
-- When it matters: open liability is made of fct_open_bets, revenue of the ledger.
-- What to do: compare the two bet by bet in the jurisdiction named, by bet_key;
-- `build --full-refresh` makes the open bets anew.
{{ config(tags='whole_history') }}

with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}

),

bets_open_by_ledger as (

    select
        jurisdiction,
        currency_code,
        bet_key,
        sum(open_stake_amount) as open_stake_amount,
        sum(bonus_open_stake_amount) as bonus_open_stake_amount
    from entries
    group by jurisdiction, currency_code, bet_key
    having sum(open_stake_amount) > 0

),

signed_bets as (

    select
        jurisdiction,
        currency_code,
        1 as bet_count,
        open_stake_amount,
        bonus_open_stake_amount
    from open_bets
    union all
    select
        jurisdiction,
        currency_code,
        -1 as bet_count,
        -open_stake_amount as open_stake_amount,
        -bonus_open_stake_amount as bonus_open_stake_amount
    from bets_open_by_ledger

)

select
    jurisdiction,
    currency_code,
    sum(bet_count) as bet_count,
    sum(open_stake_amount) as open_stake_amount,
    sum(bonus_open_stake_amount) as bonus_open_stake_amount
from signed_bets
group by jurisdiction, currency_code
having
    sum(bet_count) <> 0
    or sum(open_stake_amount) <> 0
    or sum(bonus_open_stake_amount) <> 0

-- What: per jurisdiction and currency, the open stake of fct_open_bets is that of the
-- bets that have one by the ledger, in all and bonus-funded, and as many bets have it;
-- and so for what was settled beyond bets' stakes.
-- When it matters: open liability is made of fct_open_bets, revenue of the ledger.
-- What to do: compare the two bet by bet in the jurisdiction named, by bet_key;
-- `build --full-refresh` makes int_bets_unbalanced anew.
{{ config(tags='whole_history', group='finance') }}

with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

oversettled_bets as (

    select * from {{ ref('int_bets_unbalanced') }}
    where open_stake_amount < 0

),

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}

),

bets_unbalanced_by_ledger as (

    select
        jurisdiction,
        currency_code,
        bet_key,
        sum(open_stake_amount) as open_stake_amount,
        sum(bonus_open_stake_amount) as bonus_open_stake_amount
    from entries
    group by jurisdiction, currency_code, bet_key
    having sum(open_stake_amount) <> 0

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
        1 as bet_count,
        open_stake_amount,
        bonus_open_stake_amount
    from oversettled_bets
    union all
    select
        jurisdiction,
        currency_code,
        -1 as bet_count,
        -open_stake_amount as open_stake_amount,
        -bonus_open_stake_amount as bonus_open_stake_amount
    from bets_unbalanced_by_ledger

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

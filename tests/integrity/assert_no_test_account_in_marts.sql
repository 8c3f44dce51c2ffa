-- What: customers that are flagged as test accounts now have no figure in any mart: not
-- among customers or open bets, and the ledger has taken back all it ever said of them.
-- When it matters: bets of our own testers would count as revenue and liability.
-- What to do: find the flag's load in stg_customers__profiles; the entries that should
-- take the bets back come from int_bets_restated.
{{ config(tags='whole_history') }}

with

profiles as (

    select * from {{ ref('stg_customers__profiles') }}
    where known_to >= {{ end_of_time() }}

),

customers as (

    select * from {{ ref('dim_customers_history') }}

),

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}

),

test_accounts as (

    select customer_id
    from profiles
    where is_test_account
    group by customer_id

),

days_not_taken_back as (

    select
        customer_id,
        placed_date,
        effective_date
    from entries
    group by customer_id, placed_date, effective_date
    having
        sum(bet_count) <> 0
        or sum(handle_amount) <> 0
        or sum(settled_stake_amount) <> 0
        or sum(payout_amount) <> 0
        or sum(bonus_handle_amount) <> 0
        or sum(bonus_settled_stake_amount) <> 0
        or sum(bonus_payout_amount) <> 0

),

customers_in_marts as (

    select
        'dim_customers_history' as mart,
        customer_id
    from customers
    union
    select
        'fct_open_bets' as mart,
        customer_id
    from open_bets
    union
    select
        'fct_bet_ledger_entries' as mart,
        customer_id
    from days_not_taken_back

)

select
    customers_in_marts.mart,
    customers_in_marts.customer_id
from customers_in_marts
inner join test_accounts
    on customers_in_marts.customer_id = test_accounts.customer_id

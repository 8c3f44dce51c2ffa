-- What: per jurisdiction and currency, the last day's closing balance of open stakes is
-- the open stake of the bets that are open, less what was settled beyond other bets'
-- stakes, which rpt_reconciliation_breaks lists as stake_oversettled.
-- When it matters: the bridge from cash to settled revenue stands on this balance.
-- What to do: run assert_open_bets_tie_to_ledger; if it passes, `build --full-refresh`
-- makes fct_revenue_changes anew.
{{ config(group='finance') }}

with

open_stakes as (

    select * from {{ ref('rpt_open_stakes') }}

),

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

oversettled_bets as (

    select * from {{ ref('int_bets_unbalanced') }}
    where open_stake_amount < 0

),

last_days as (

    select * from open_stakes
    qualify row_number() over (
        partition by jurisdiction, currency_code order by gaming_date desc nulls last
    ) = 1

),

signed_stakes as (

    select
        jurisdiction,
        currency_code,
        closing_stake_amount as open_stake_amount
    from last_days
    union all
    select
        jurisdiction,
        currency_code,
        -open_stake_amount as open_stake_amount
    from open_bets
    union all
    select
        jurisdiction,
        currency_code,
        -open_stake_amount as open_stake_amount
    from oversettled_bets

)

select
    jurisdiction,
    currency_code,
    sum(open_stake_amount) as open_stake_amount
from signed_stakes
group by jurisdiction, currency_code
having sum(open_stake_amount) <> 0

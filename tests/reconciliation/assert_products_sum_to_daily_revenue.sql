-- What: summed over products and channels, the current figures of rpt_revenue_versions
-- are those of rpt_daily_revenue_versions, day by day and on both of its bases.
-- When it matters: Finance reads the one, regulators the other.
-- What to do: compare fct_revenue_changes with fct_bet_ledger_entries for the day that
-- is named; `build --full-refresh` makes the changes anew.
{{ config(tags='whole_history') }}

with

products as (

    select * from {{ ref('rpt_revenue_versions') }}
    where
        known_to >= {{ end_of_time() }}
        and basis <> 'cash'

),

days as (

    select * from {{ ref('rpt_daily_revenue_versions') }}
    where known_to >= {{ end_of_time() }}

),

signed_figures as (

    select
        jurisdiction,
        currency_code,
        basis,
        bet_count,
        handle_amount,
        open_stake_amount,
        settled_stake_amount,
        payout_amount,
        ggr_amount,
        gaming_date
    from products
    union all
    select
        jurisdiction,
        currency_code,
        basis,
        -bet_count as bet_count,
        -handle_amount as handle_amount,
        -open_stake_amount as open_stake_amount,
        -settled_stake_amount as settled_stake_amount,
        -payout_amount as payout_amount,
        -ggr_amount as ggr_amount,
        gaming_date
    from days

)

select
    jurisdiction,
    currency_code,
    basis,
    sum(bet_count) as bet_count,
    sum(handle_amount) as handle_amount,
    sum(open_stake_amount) as open_stake_amount,
    sum(settled_stake_amount) as settled_stake_amount,
    sum(payout_amount) as payout_amount,
    sum(ggr_amount) as ggr_amount,
    gaming_date
from signed_figures
group by jurisdiction, currency_code, basis, gaming_date
having
    sum(bet_count) <> 0
    or sum(handle_amount) <> 0
    or sum(open_stake_amount) <> 0
    or sum(settled_stake_amount) <> 0
    or sum(payout_amount) <> 0
    or sum(ggr_amount) <> 0

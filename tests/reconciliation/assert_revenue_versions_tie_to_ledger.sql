-- What: the current version of each day's revenue is the sum of the ledger's entries,
-- for every gaming day, jurisdiction, currency and basis, cent for cent.
-- When it matters: this is the figure that is filed.
-- What to do: find the load from which it differs with the ledger's known_at; `build
-- --full-refresh` makes the versions anew, and known figures must not change by that.
{{ config(tags='whole_history') }}

with

versions as (

    select * from {{ ref('rpt_daily_revenue_versions') }}
    where known_to >= {{ end_of_time() }}

),

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}

),

signed_figures as (

    select
        jurisdiction,
        currency_code,
        basis,
        bet_count,
        handle_amount,
        settled_stake_amount,
        payout_amount,
        bonus_handle_amount,
        bonus_settled_stake_amount,
        bonus_payout_amount,
        gaming_date
    from versions
    {% for basis, gaming_date in [
        ('placed', 'placed_date'), ('settled', 'effective_date')
    ] %}
        union all
        select
            jurisdiction,
            currency_code,
            '{{ basis }}' as basis,
            -sum(bet_count) as bet_count,
            -sum(handle_amount) as handle_amount,
            -sum(settled_stake_amount) as settled_stake_amount,
            -sum(payout_amount) as payout_amount,
            -sum(bonus_handle_amount) as bonus_handle_amount,
            -sum(bonus_settled_stake_amount) as bonus_settled_stake_amount,
            -sum(bonus_payout_amount) as bonus_payout_amount,
            {{ gaming_date }} as gaming_date
        from entries
        group by jurisdiction, currency_code, {{ gaming_date }}
    {% endfor %}

)

select
    jurisdiction,
    currency_code,
    basis,
    sum(bet_count) as bet_count,
    sum(handle_amount) as handle_amount,
    sum(settled_stake_amount) as settled_stake_amount,
    sum(payout_amount) as payout_amount,
    sum(bonus_handle_amount) as bonus_handle_amount,
    sum(bonus_settled_stake_amount) as bonus_settled_stake_amount,
    sum(bonus_payout_amount) as bonus_payout_amount,
    gaming_date
from signed_figures
group by jurisdiction, currency_code, basis, gaming_date
having
    sum(bet_count) <> 0
    or sum(handle_amount) <> 0
    or sum(settled_stake_amount) <> 0
    or sum(payout_amount) <> 0
    or sum(bonus_handle_amount) <> 0
    or sum(bonus_settled_stake_amount) <> 0
    or sum(bonus_payout_amount) <> 0

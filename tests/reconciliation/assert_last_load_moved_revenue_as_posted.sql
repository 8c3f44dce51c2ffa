-- What: what the last load added to all days' revenue is what it posted to the ledger,
-- per jurisdiction and currency, on either basis.
-- When it matters: after every load; the figure that is filed moves by nothing else.
-- What to do: run assert_revenue_versions_tie_to_ledger, which names the day.
with

versions as (

    select * from {{ ref('rpt_daily_revenue_versions') }}

),

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}
    where known_at >= {{ var('last_load') }}

),

-- A version that the load began counts, and one that it ended counts against it.
signed_figures as (

    select
        jurisdiction,
        currency_code,
        basis,
        bet_count,
        handle_amount,
        settled_stake_amount,
        payout_amount
    from versions
    where known_from >= {{ var('last_load') }}
    union all
    select
        jurisdiction,
        currency_code,
        basis,
        -bet_count as bet_count,
        -handle_amount as handle_amount,
        -settled_stake_amount as settled_stake_amount,
        -payout_amount as payout_amount
    from versions
    where
        known_to >= {{ var('last_load') }}
        and known_to < {{ end_of_time() }}
    {% for basis in ['placed', 'settled'] %}
        union all
        select
            jurisdiction,
            currency_code,
            '{{ basis }}' as basis,
            -bet_count as bet_count,
            -handle_amount as handle_amount,
            -settled_stake_amount as settled_stake_amount,
            -payout_amount as payout_amount
        from entries
    {% endfor %}

)

select
    jurisdiction,
    currency_code,
    basis,
    sum(bet_count) as bet_count,
    sum(handle_amount) as handle_amount,
    sum(settled_stake_amount) as settled_stake_amount,
    sum(payout_amount) as payout_amount
from signed_figures
group by jurisdiction, currency_code, basis
having
    sum(bet_count) <> 0
    or sum(handle_amount) <> 0
    or sum(settled_stake_amount) <> 0
    or sum(payout_amount) <> 0

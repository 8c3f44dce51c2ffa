{%- set key = [
    'filing_id', 'jurisdiction', 'currency_code', 'line_item', 'known_from', 'known_to'
] -%}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

-- Open stake is a movement of its day: all days before make the balance.
open_bets as (

    select
        filings.filing_id,
        versions.jurisdiction,
        versions.currency_code,
        'open_bets' as line_item,
        case
            when versions.gaming_date < filings.period_start_date
                then versions.open_stake_amount
            else 0
        end as opening_stake_amount,
        case
            when versions.gaming_date < filings.period_start_date
                then 0
            else versions.handle_amount
        end as handle_amount,
        case
            when versions.gaming_date < filings.period_start_date
                then 0
            else versions.settled_stake_amount
        end as settled_stake_amount,
        versions.open_stake_amount as closing_stake_amount,
        versions.known_from,
        versions.known_to
    from filings
    inner join {{ ref('rpt_daily_revenue_versions') }} as versions
        on filings.period_end_date >= versions.gaming_date
    where filings.report = 'open_bets' and versions.basis = 'settled'

),

-- Changes of a balance are known for ever.
customer_funds as (

    select
        filings.filing_id,
        changes.jurisdiction,
        changes.currency_code,
        'balances' as line_item,
        changes.cash_amount as cash_balance_amount,
        changes.bonus_amount as bonus_balance_amount,
        changes.pending_withdrawal_amount,
        changes.known_at as known_from,
        {{ end_of_time() }} as known_to
    from filings
    inner join {{ ref('fct_customer_funds_changes') }} as changes
        on filings.period_end_date >= changes.gaming_date
    where filings.report = 'customer_funds'

),

balances as (

    {{ figures_of('open_bets', key, [
        'opening_stake_amount', 'handle_amount', 'settled_stake_amount',
        'closing_stake_amount'
    ]) }}
    union all
    {{ figures_of('customer_funds', key, [
        'cash_balance_amount', 'bonus_balance_amount', 'pending_withdrawal_amount'
    ]) }}

)

select * from balances

with

filings as (

    select * from {{ ref('stg_filings__filings') }}
    where report in ('open_bets', 'customer_funds')

),

revenue_changes as (

    select * from {{ ref('fct_revenue_changes') }}

),

funds_changes as (

    select * from {{ ref('fct_customer_funds_changes') }}

),

-- A balance moves with all days until its own.
open_bets as (

    select
        filings.filing_id,
        changes.jurisdiction,
        changes.currency_code,
        changes.cause,
        changes.handle_amount,
        changes.settled_stake_amount,
        changes.effective_date < filings.period_start_date as is_before_period,
        changes.known_at
    from filings
    inner join revenue_changes as changes
        on
            filings.period_end_date >= changes.effective_date
            and filings.known_at < changes.known_at
    where filings.report = 'open_bets'

),

customer_funds as (

    select
        filings.filing_id,
        changes.*
    from filings
    inner join funds_changes as changes
        on
            filings.period_end_date >= changes.gaming_date
            and filings.known_at < changes.known_at
    where filings.report = 'customer_funds'

),

changes_by_measure as (

    {% for measure, expression in {
        'opening_stake_amount':
            'case when is_before_period then handle_amount - settled_stake_amount end',
        'handle_amount': 'case when not is_before_period then handle_amount end',
        'settled_stake_amount':
            'case when not is_before_period then settled_stake_amount end',
        'closing_stake_amount': 'handle_amount - settled_stake_amount'
    }.items() %}
        select
            filing_id,
            jurisdiction,
            currency_code,
            'open_bets' as line_item,
            '{{ measure }}' as measure,
            cause,
            sum({{ expression }}) as amount,
            known_at
        from open_bets
        group by filing_id, jurisdiction, currency_code, cause, known_at
        union all
    {% endfor %}
    {% for measure, column in {
        'cash_balance_amount': 'cash_amount',
        'bonus_balance_amount': 'bonus_amount',
        'pending_withdrawal_amount': 'pending_withdrawal_amount'
    }.items() %}
        select
            filing_id,
            jurisdiction,
            currency_code,
            'balances' as line_item,
            '{{ measure }}' as measure,
            cause,
            sum({{ column }}) as amount,
            known_at
        from customer_funds
        group by filing_id, jurisdiction, currency_code, cause, known_at
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from changes_by_measure
where amount <> 0

{%- set key = [
    'filing_id', 'jurisdiction', 'currency_code', 'line_item', 'cause', 'known_at'
] -%}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

revenue_changes as (

    select * from {{ ref('int_revenue_changes_dated') }}
    where basis = 'settled'

),

funds_changes as (

    select * from {{ ref('fct_customer_funds_changes') }}

),

-- A balance moves with all days until its own.
{% for report, line_item, relation in [
    ('open_bets', 'open_bets', 'revenue_changes'),
    ('customer_funds', 'balances', 'funds_changes')
] %}
    {{ report }} as (

        select
            filings.filing_id,
            {{ relation }}.*,
            '{{ line_item }}' as line_item,
            {{ relation }}.gaming_date < filings.period_start_date as is_before_period
        from filings
        inner join {{ relation }}
            on
                filings.period_end_date >= {{ relation }}.gaming_date
                and filings.known_at < {{ relation }}.known_at
        where filings.report = '{{ report }}'

    ),
{% endfor %}

changes_by_measure as (

    {{ figures_of('open_bets', key, {
        'opening_stake_amount': 'case when is_before_period then open_stake_amount end',
        'handle_amount': 'case when not is_before_period then handle_amount end',
        'settled_stake_amount':
            'case when not is_before_period then settled_stake_amount end',
        'closing_stake_amount': 'open_stake_amount'
    }) }}
    union all
    {{ figures_of('customer_funds', key, {
        'cash_balance_amount': 'cash_amount',
        'bonus_balance_amount': 'bonus_amount',
        'pending_withdrawal_amount': 'pending_withdrawal_amount'
    }) }}

)

select * from changes_by_measure
where amount <> 0

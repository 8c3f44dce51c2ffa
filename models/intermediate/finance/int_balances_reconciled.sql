with

balances as (

    select * from {{ ref('stg_wallet__balances') }}
    where known_to >= {{ end_of_time() }}

),

funds as (

    select * from {{ ref('int_customer_funds_posted') }}

),

{% set accounts = ['cash', 'bonus', 'pending_withdrawal'] -%}
{% set stated = {
    'cash': 'cash_balance_amount',
    'bonus': 'bonus_balance_amount',
    'pending_withdrawal': 'pending_withdrawal_amount',
} -%}

-- Statements come after the movements of their day.
moved_and_stated as (

    select
        customer_id,
        jurisdiction,
        currency_code,
        0 as is_statement,
        {% for account in accounts %}
            sum({{ account }}_amount) as {{ account }}_moved_amount,
            cast(null as decimal(18, 2)) as {{ account }}_stated_amount,
        {% endfor %}
        balance_date,
        max(known_at) as known_at
    from funds
    group by customer_id, jurisdiction, currency_code, balance_date
    union all
    select
        customer_id,
        jurisdiction,
        currency_code,
        1 as is_statement,
        {% for account in accounts %}
            0 as {{ account }}_moved_amount,
            {{ stated[account] }} as {{ account }}_stated_amount,
        {% endfor %}
        balance_date,
        known_from as known_at
    from balances

),

balances_computed as (

    select
        *,
        {% for account in accounts %}
            sum({{ account }}_moved_amount) over (
                partition by customer_id, currency_code
                order by balance_date nulls last, is_statement nulls last
                rows between unbounded preceding and current row
            ) as {{ account }}_balance_amount,
        {% endfor %}
        lag(known_at) over (
            partition by customer_id, currency_code, balance_date
            order by is_statement nulls last
        ) as moved_known_at
    from moved_and_stated

),

-- What was off the day before is that day's break: here counts what came to it.
balances_compared as (

    {% for account in accounts %}
        select
            customer_id,
            '{{ account }}_balance' as aspect,
            jurisdiction,
            currency_code,
            {{ account }}_balance_amount as expected_amount,
            {{ account }}_stated_amount as moved_amount,
            {{ account }}_stated_amount - {{ account }}_balance_amount
            - coalesce(
                lag({{ account }}_stated_amount - {{ account }}_balance_amount) over (
                    partition by customer_id, currency_code
                    order by balance_date nulls last
                ), 0
            ) as break_amount,
            balance_date as happened_date,
            greatest(known_at, coalesce(moved_known_at, known_at)) as known_at
        from balances_computed
        where is_statement = 1
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

balances_reconciled as (

    select
        customer_id,
        aspect,
        jurisdiction,
        currency_code,
        cast(expected_amount as decimal(18, 2)) as expected_amount,
        cast(moved_amount as decimal(18, 2)) as moved_amount,
        cast(break_amount as decimal(18, 2)) as break_amount,
        happened_date,
        known_at
    from balances_compared
    where break_amount <> 0

)

select * from balances_reconciled

with

funds as (

    select * from {{ ref('int_customer_funds_posted') }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

funds_summed_to_days as (

    select
        funds.jurisdiction,
        funds.currency_code,
        sum(funds.cash_amount) as cash_amount,
        sum(funds.bonus_amount) as bonus_amount,
        sum(funds.pending_withdrawal_amount) as pending_withdrawal_amount,
        funds.gaming_date
    from funds
    left join test_accounts
        on funds.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null
    group by funds.jurisdiction, funds.currency_code, funds.gaming_date

),

balances as (

    select
        jurisdiction,
        currency_code,
        {% for amount in ['cash', 'bonus', 'pending_withdrawal'] %}
            cast(
                sum({{ amount }}_amount) over (
                    partition by jurisdiction, currency_code
                    order by gaming_date nulls last
                    rows between unbounded preceding and current row
                ) as decimal(18, 2)
            ) as {{ amount }}_balance_amount,
        {% endfor %}
        gaming_date
    from funds_summed_to_days

),

customer_funds as (

    select
        jurisdiction,
        currency_code,
        cash_balance_amount,
        bonus_balance_amount,
        pending_withdrawal_balance_amount as pending_withdrawal_amount,
        cast(cash_balance_amount + pending_withdrawal_balance_amount as decimal(18, 2))
            as protected_amount,
        gaming_date
    from balances

)

select * from customer_funds

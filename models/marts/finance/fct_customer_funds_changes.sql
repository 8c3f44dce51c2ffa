{{ config(materialized='view') }}

with

funds as (

    select * from {{ ref('int_customer_funds_posted') }}

),

-- Only customers that were ever flagged as a test account have rows here.
customers_counted as (

    select * from {{ ref('int_customers_counted') }}

),

funds_in_counted_time as (

    select
        funds.jurisdiction,
        funds.currency_code,
        case
            when customers_counted.counted_from > funds.known_at then 'test_account'
            else funds.cause
        end as cause,
        funds.cash_amount,
        funds.bonus_amount,
        funds.pending_withdrawal_amount,
        funds.gaming_date,
        greatest(
            funds.known_at, coalesce(customers_counted.counted_from, funds.known_at)
        ) as known_at,
        coalesce(customers_counted.counted_to, {{ end_of_time() }}) as counted_to
    from funds
    left join customers_counted
        on funds.customer_id = customers_counted.customer_id

),

-- When an account turns out to be a test account, all that it owned goes.
signed_funds as (

    select
        *,
        1 as sign
    from funds_in_counted_time
    where known_at < counted_to
    union all
    select
        jurisdiction,
        currency_code,
        'test_account' as cause,
        cash_amount,
        bonus_amount,
        pending_withdrawal_amount,
        gaming_date,
        counted_to as known_at,
        counted_to,
        -1 as sign
    from funds_in_counted_time
    where known_at < counted_to and counted_to < {{ end_of_time() }}

),

changes as (

    select
        jurisdiction,
        currency_code,
        cause,
        cast(sum(sign * cash_amount) as decimal(18, 2)) as cash_amount,
        cast(sum(sign * bonus_amount) as decimal(18, 2)) as bonus_amount,
        cast(sum(sign * pending_withdrawal_amount) as decimal(18, 2))
            as pending_withdrawal_amount,
        gaming_date,
        known_at
    from signed_funds
    group by jurisdiction, currency_code, cause, gaming_date, known_at

)

select * from changes

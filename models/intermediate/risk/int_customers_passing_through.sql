{{ config(materialized='table') }}

with

completed_payments as (

    select * from {{ ref('int_payments_completed') }}

),

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where known_to >= {{ end_of_time() }}

),

mean_deposits as (

    select
        currency_code,
        avg(cast(payment_amount as double precision)) as mean_amount
    from completed_payments
    where payment_type = 'deposit'
    group by currency_code

),

-- What went in and out in the days before a withdrawal, the withdrawal included.
passages as (

    select
        withdrawals.payment_key,
        withdrawals.customer_id,
        withdrawals.currency_code,
        withdrawals.requested_at,
        min(payments_before.requested_at) as first_at,
        sum(case
            when payments_before.payment_type = 'deposit'
                then payments_before.payment_amount
            else 0
        end) as deposit_amount,
        sum(case
            when payments_before.payment_type = 'withdrawal'
                then payments_before.payment_amount
            else 0
        end) as withdrawal_amount
    from completed_payments as withdrawals
    inner join completed_payments as payments_before
        on
            withdrawals.customer_id = payments_before.customer_id
            and withdrawals.currency_code = payments_before.currency_code
            and withdrawals.requested_at >= payments_before.requested_at
            and {{ dbt.datediff(
                'payments_before.requested_at', 'withdrawals.requested_at', 'day'
            ) }} <= {{ risk_threshold('minimal_play', 'days') }}
    where withdrawals.payment_type = 'withdrawal'
    group by
        withdrawals.payment_key, withdrawals.customer_id, withdrawals.currency_code,
        withdrawals.requested_at

),

large_passages as (

    select passages.*
    from passages
    inner join mean_deposits
        on passages.currency_code = mean_deposits.currency_code
    where
        passages.deposit_amount >= mean_deposits.mean_amount
        * {{ risk_threshold('minimal_play', 'deposit_multiple') }}
        and passages.withdrawal_amount >= passages.deposit_amount
        * {{ risk_threshold('minimal_play', 'withdrawn_share') }}

),

passages_with_stakes as (

    select
        large_passages.customer_id,
        large_passages.requested_at,
        large_passages.first_at,
        large_passages.deposit_amount,
        coalesce(sum(bets.stake_amount), 0) as stake_amount
    from large_passages
    left join bets
        on
            large_passages.customer_id = bets.customer_id
            and large_passages.currency_code = bets.currency_code
            and large_passages.first_at <= bets.placed_at
            and large_passages.requested_at >= bets.placed_at
    group by
        large_passages.payment_key,
        large_passages.customer_id,
        large_passages.requested_at,
        large_passages.first_at,
        large_passages.deposit_amount

),

passing_through as (

    select
        customer_id,
        count(*) as evidence_count,
        'staked ' || cast(cast(
            round(min(100 * stake_amount / deposit_amount)) as integer
        ) as varchar(18)) || ' % of deposits before withdrawing them' as evidence,
        min(first_at) as first_at,
        max(requested_at) as last_at
    from passages_with_stakes
    where
        stake_amount
        <= deposit_amount * {{ risk_threshold('minimal_play', 'staked_share') }}
    group by customer_id

)

select * from passing_through

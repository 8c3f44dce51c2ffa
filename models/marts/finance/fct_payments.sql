{{ config(materialized='view') }}

with

payments as (

    select * from {{ ref('stg_payments__payments') }}
    where known_to >= {{ end_of_time() }}
    qualify row_number() over (
        partition by payment_key order by status_version desc nulls last
    ) = 1

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

payments_of_customers as (

    select
        payments.payment_id,
        payments.customer_id,
        payments.jurisdiction,
        payments.currency_code,
        payments.payment_type,
        payments.payment_method,
        payments.provider,
        payments.payment_status,
        payments.failure_reason,
        payments.status_version,
        payments.payment_amount,
        payments.fee_amount,
        payments.requested_at,
        payments.status_at,
        payments.known_from as known_at
    from payments
    left join test_accounts
        on payments.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from payments_of_customers

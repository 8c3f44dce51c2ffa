with

payments as (

    select * from {{ ref('stg_payments__payments') }}
    where known_to >= {{ end_of_time() }}

),

-- The last status is the payment's; a deposit that was charged back is none.
last_statuses as (

    select
        payment_key,
        customer_id,
        currency_code,
        payment_type,
        payment_status,
        payment_amount,
        requested_at
    from payments
    qualify
        row_number() over (
            partition by payment_key order by status_version desc nulls last
        ) = 1

),

completed_payments as (

    select
        payment_key,
        customer_id,
        currency_code,
        payment_type,
        payment_amount,
        requested_at
    from last_statuses
    where payment_status = 'completed'

)

select * from completed_payments

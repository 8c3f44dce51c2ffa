{{ config(materialized='view') }}

with

movements as (

    select * from {{ ref('stg_wallet__movements') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

movements_of_customers as (

    select
        movements.movement_id,
        movements.customer_id,
        movements.reference_id,
        movements.reference_type,
        movements.jurisdiction,
        movements.currency_code,
        movements.movement_kind,
        movements.debit_account,
        movements.credit_account,
        movements.reference_version,
        movements.movement_amount,
        movements.posted_at,
        movements.known_from as known_at
    from movements
    left join test_accounts
        on movements.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from movements_of_customers

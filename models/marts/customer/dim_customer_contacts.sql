{{ config(schema='support') }}

with

contacts as (

    select * from {{ ref('stg_vault__contacts') }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

contacts_of_customers as (

    select contacts.*
    from contacts
    left join test_accounts
        on contacts.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from contacts_of_customers

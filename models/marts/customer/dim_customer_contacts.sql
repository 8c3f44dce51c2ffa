{{ config(schema='support') }}

with

contacts as (

    select * from {{ ref('stg_vault__contacts') }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

contacts_of_customers as (

    select
        contacts.customer_id,
        contacts.masked_given_name,
        contacts.masked_family_name,
        contacts.masked_email,
        contacts.masked_phone,
        contacts.masked_postcode,
        contacts.birth_year,
        contacts.known_at
    from contacts
    left join test_accounts
        on contacts.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from contacts_of_customers

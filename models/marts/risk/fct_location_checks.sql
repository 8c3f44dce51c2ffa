{{ config(materialized='view') }}

with

checks as (

    select * from {{ ref('stg_geolocation__checks') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

checks_of_customers as (

    select
        checks.check_id,
        checks.session_id,
        checks.customer_id,
        checks.jurisdiction,
        checks.result,
        checks.accuracy_metres,
        checks.result = 'passed' as is_passed,
        checks.checked_at,
        checks.known_from as known_at
    from checks
    left join test_accounts
        on checks.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from checks_of_customers

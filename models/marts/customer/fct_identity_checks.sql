with

identity_checks as (

    select * from {{ ref('stg_kyc__identity_checks') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

checks_of_customers as (

    select
        identity_checks.identity_check_id,
        identity_checks.customer_id,
        identity_checks.check_type,
        identity_checks.provider,
        identity_checks.document_type,
        identity_checks.outcome,
        identity_checks.reason_code,
        identity_checks.requested_at,
        identity_checks.completed_at,
        identity_checks.known_from as known_at
    from identity_checks
    left join test_accounts
        on identity_checks.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from checks_of_customers

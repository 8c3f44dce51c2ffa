with

assignments as (

    select * from {{ ref('stg_experiments__assignments') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

assignments_of_customers as (

    select
        assignments.experiment_id,
        assignments.customer_id,
        assignments.variant,
        assignments.assigned_at,
        assignments.known_from as known_at
    from assignments
    left join test_accounts
        on assignments.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from assignments_of_customers

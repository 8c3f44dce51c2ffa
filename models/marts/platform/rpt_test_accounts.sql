with

profiles as (

    select * from {{ ref('stg_customers__profiles') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select
        customer_id,
        min(known_from) as known_at
    from profiles
    where is_test_account
    group by customer_id

)

select * from test_accounts

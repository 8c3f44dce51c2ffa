with

exclusions as (

    select * from {{ ref('stg_safer_gambling__exclusions') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

exclusions_of_customers as (

    select
        exclusions.exclusion_id,
        exclusions.customer_id,
        exclusions.exclusion_type,
        exclusions.scope,
        exclusions.started_at as valid_from,
        coalesce(exclusions.ends_at, {{ end_of_time() }}) as valid_to,
        exclusions.first_known_at,
        exclusions.known_from as known_at
    from exclusions
    left join test_accounts
        on exclusions.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from exclusions_of_customers

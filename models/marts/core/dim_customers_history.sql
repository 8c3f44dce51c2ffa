{{ config(materialized='view') }}

with

profiles as (

    select * from {{ ref('stg_customers__profiles') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select customer_id
    from profiles
    where is_test_account
    group by customer_id

),

profiles_of_customers as (

    select
        profiles.customer_id,
        profiles.country_code,
        profiles.jurisdiction,
        profiles.currency_code,
        profiles.account_status,
        profiles.kyc_status,
        profiles.vip_tier,
        profiles.acquisition_channel,
        profiles.has_marketing_opt_in,
        profiles.registered_at,
        profiles.updated_at as valid_from,
        coalesce(
            lead(profiles.updated_at) over (
                partition by profiles.customer_id
                order by profiles.updated_at nulls last
            ),
            {{ end_of_time() }}
        ) as valid_to,
        profiles.known_from as known_at
    from profiles
    left join test_accounts
        on profiles.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from profiles_of_customers

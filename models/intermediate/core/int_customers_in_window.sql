{{ config(materialized='table') }}

-- A table, so that the engine knows how little the snapshot has to look up.
with

profiles as (

    select * from {{ ref('stg_customers__profiles') }}

),

snapshot_window as (

    select * from {{ ref('stg_ingestion__snapshot_windows') }}

),

touched_customers as (

    select
        profiles.customer_id,
        max(profiles.known_from) as known_at
    from profiles
    cross join snapshot_window
    where
        profiles.known_from > snapshot_window.known_after
        and profiles.known_from <= snapshot_window.known_until
    group by profiles.customer_id

),

-- The profile that is in force, as known at the end of the window.
profiles_in_force as (

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
        profiles.is_test_account,
        profiles.registered_at,
        profiles.updated_at,
        touched_customers.known_at
    from profiles
    inner join touched_customers
        on profiles.customer_id = touched_customers.customer_id
    cross join snapshot_window
    where
        profiles.known_from <= snapshot_window.known_until
        and profiles.known_to > snapshot_window.known_until
    qualify row_number() over (
        partition by profiles.customer_id
        order by profiles.updated_at desc nulls last
    ) = 1

)

select * from profiles_in_force

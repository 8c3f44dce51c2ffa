{{ config(materialized='view') }}

with

profiles as (

    select * from {{ ref('dim_customers_history') }}

),

current_profiles as (

    select
        customer_id,
        country_code,
        jurisdiction,
        currency_code,
        account_status,
        kyc_status,
        vip_tier,
        acquisition_channel,
        has_marketing_opt_in,
        registered_at,
        valid_from as updated_at,
        known_at
    from profiles
    where valid_to = {{ end_of_time() }}

)

select * from current_profiles

{{ config(materialized='table') }}

with

log_ins as (

    select * from {{ ref('stg_devices__log_ins') }}
    where known_to >= {{ end_of_time() }}

),

payments as (

    select * from {{ ref('stg_payments__payments') }}
    where known_to >= {{ end_of_time() }}

),

-- Carriers give one network address to many strangers, so it says nothing by itself: an
-- address is a network and a home together.
links as (

    select
        customer_id,
        'device' as link_kind,
        device_pseudonym as link_pseudonym
    from log_ins
    union
    select
        customer_id,
        'address' as link_kind,
        network_pseudonym || home_pseudonym as link_pseudonym
    from log_ins
    union
    select
        customer_id,
        'instrument' as link_kind,
        instrument_pseudonym as link_pseudonym
    from payments

),

links_counted as (

    select
        *,
        count(*) over (partition by link_kind, link_pseudonym) as account_count
    from links
    where link_pseudonym is not null

),

-- A device or instrument belongs to one person, an address to a household.
shared_links as (

    select
        customer_id,
        link_kind,
        link_pseudonym,
        account_count
    from links_counted
    where
        account_count <= {{ risk_threshold('multi_account', 'most_accounts') }}
        and account_count > case
            when link_kind in ('device', 'instrument') then 1
            else {{ risk_threshold('multi_account', 'household_accounts') }}
        end

)

select * from shared_links

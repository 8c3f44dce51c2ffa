{{ config(materialized='view') }}

with

grants as (

    select * from {{ ref('stg_bonuses__bonus_states') }}
    where known_to >= {{ end_of_time() }}
    qualify row_number() over (
        partition by bonus_key order by state_version desc nulls last
    ) = 1

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

grants_of_customers as (

    select
        grants.bonus_id,
        grants.customer_id,
        grants.promotion_id,
        grants.jurisdiction,
        grants.currency_code,
        grants.bonus_status,
        grants.granted_amount,
        grants.wagering_required_amount,
        grants.wagered_amount,
        grants.granted_at,
        grants.expires_at,
        grants.state_at,
        grants.known_from as known_at
    from grants
    left join test_accounts
        on grants.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from grants_of_customers

with

interactions as (

    select * from {{ ref('stg_safer_gambling__interactions') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

interactions_with_customers as (

    select
        interactions.interaction_id,
        interactions.customer_id,
        interactions.marker_of_harm,
        interactions.channel,
        interactions.intervention,
        interactions.outcome,
        interactions.interacted_at,
        interactions.known_from as known_at
    from interactions
    left join test_accounts
        on interactions.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from interactions_with_customers

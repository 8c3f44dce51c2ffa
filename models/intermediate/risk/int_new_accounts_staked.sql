{{ config(materialized='table') }}

with

mean_stakes as (

    select * from {{ ref('int_mean_stakes') }}

),

registrations as (

    select
        customer_id,
        min(registered_at) as registered_at
    from {{ ref('stg_customers__profiles') }}
    where known_to >= {{ end_of_time() }}
    group by customer_id

),

singles as (

    select * from {{ ref('int_legs_timed') }}
    where bet_type = 'single' and not is_in_play

),

stakes_of_new_accounts as (

    select
        singles.customer_id,
        singles.event_id,
        singles.selection_id,
        singles.currency_code,
        sum(singles.stake_amount) as stake_amount,
        min(singles.placed_at) as first_at,
        max(singles.placed_at) as last_at
    from singles
    inner join registrations
        on singles.customer_id = registrations.customer_id
    where
        {{ dbt.datediff('registrations.registered_at', 'singles.placed_at', 'day') }}
        <= {{ risk_threshold('match_fixing', 'new_days') }}
    group by
        singles.customer_id,
        singles.event_id,
        singles.selection_id,
        singles.currency_code

),

stakes_in_units as (

    select
        stakes_of_new_accounts.customer_id,
        stakes_of_new_accounts.event_id,
        stakes_of_new_accounts.selection_id,
        sum(stakes_of_new_accounts.stake_amount / mean_stakes.mean_amount)
            as stake_units,
        min(stakes_of_new_accounts.first_at) as first_at,
        max(stakes_of_new_accounts.last_at) as last_at
    from stakes_of_new_accounts
    inner join mean_stakes
        on stakes_of_new_accounts.currency_code = mean_stakes.currency_code
    group by
        stakes_of_new_accounts.customer_id,
        stakes_of_new_accounts.event_id,
        stakes_of_new_accounts.selection_id

)

select * from stakes_in_units

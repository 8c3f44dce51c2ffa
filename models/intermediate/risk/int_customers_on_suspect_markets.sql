{{ config(materialized='table') }}

with

singles as (

    select * from {{ ref('int_legs_timed') }}
    where bet_type = 'single' and not is_in_play

),

registrations as (

    select
        customer_id,
        min(registered_at) as registered_at
    from {{ ref('stg_customers__profiles') }}
    where known_to = {{ end_of_time() }}
    group by customer_id

),

mean_stakes as (

    select
        currency_code,
        avg(cast(stake_amount as double precision)) as mean_amount
    from singles
    group by currency_code

),

-- Few accounts are new; only what they staked is summed up.
selections_of_new_accounts as (

    select
        singles.customer_id,
        singles.selection_id
    from singles
    inner join registrations
        on singles.customer_id = registrations.customer_id
    where
        {{ dbt.datediff('registrations.registered_at', 'singles.placed_at', 'day') }}
        <= {{ risk_threshold('match_fixing', 'new_days') }}
    group by singles.customer_id, singles.selection_id

),

suspect_stakes as (

    select
        singles.customer_id,
        singles.event_id,
        singles.market_id,
        singles.selection_id,
        sum(singles.stake_amount / mean_stakes.mean_amount) as stake_units,
        min(singles.placed_at) as first_at,
        max(singles.placed_at) as last_at
    from singles
    inner join selections_of_new_accounts
        on
            singles.customer_id = selections_of_new_accounts.customer_id
            and singles.selection_id = selections_of_new_accounts.selection_id
    inner join mean_stakes
        on singles.currency_code = mean_stakes.currency_code
    inner join registrations
        on singles.customer_id = registrations.customer_id
    group by
        singles.customer_id,
        singles.event_id,
        singles.market_id,
        singles.selection_id
    having
        max({{ dbt.datediff(
            'registrations.registered_at', 'singles.placed_at', 'day'
        ) }}) <= {{ risk_threshold('match_fixing', 'new_days') }}
        and sum(singles.stake_amount / mean_stakes.mean_amount)
        >= {{ risk_threshold('match_fixing', 'stake_multiple') }}

),

crowded_selections as (

    select
        selection_id,
        count(*) as account_count,
        sum(stake_units) as suspect_units
    from suspect_stakes
    group by selection_id
    having count(*) >= {{ risk_threshold('match_fixing', 'accounts') }}

),

stakes_on_crowded_selections as (

    select
        singles.selection_id,
        sum(singles.stake_amount / mean_stakes.mean_amount) as selection_units
    from singles
    inner join crowded_selections
        on singles.selection_id = crowded_selections.selection_id
    inner join mean_stakes
        on singles.currency_code = mean_stakes.currency_code
    group by singles.selection_id

),

suspect_selections as (

    select
        crowded_selections.selection_id,
        crowded_selections.account_count,
        crowded_selections.suspect_units / stakes.selection_units as stake_share
    from crowded_selections
    inner join stakes_on_crowded_selections as stakes
        on crowded_selections.selection_id = stakes.selection_id
    where
        crowded_selections.suspect_units
        >= stakes.selection_units * {{ risk_threshold('match_fixing', 'share') }}

),

on_suspect_markets as (

    select
        stakes.customer_id,
        stakes.event_id,
        stakes.selection_id,
        suspect_selections.account_count as evidence_count,
        'one of ' || cast(suspect_selections.account_count as varchar(18))
        || ' new accounts with '
        || cast(cast(
            round(100 * suspect_selections.stake_share) as integer
        ) as varchar(18)) || ' % of the stakes on ' || stakes.selection_id as evidence,
        stakes.first_at,
        stakes.last_at
    from suspect_stakes as stakes
    inner join suspect_selections
        on stakes.selection_id = suspect_selections.selection_id

)

select * from on_suspect_markets

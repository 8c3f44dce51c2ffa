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

stakes_on_selections as (

    select
        singles.customer_id,
        singles.event_id,
        singles.market_id,
        singles.selection_id,
        sum(singles.stake_amount / mean_stakes.mean_amount) as stake_units,
        min(singles.placed_at) as first_at,
        max(singles.placed_at) as last_at,
        max({{ dbt.datediff(
            'registrations.registered_at', 'singles.placed_at', 'day'
        ) }}) as account_days
    from singles
    inner join mean_stakes
        on singles.currency_code = mean_stakes.currency_code
    left join registrations  -- noqa: ST11
        on singles.customer_id = registrations.customer_id
    group by
        singles.customer_id,
        singles.event_id,
        singles.market_id,
        singles.selection_id

),

stakes_with_suspicion as (

    select
        *,
        sum(stake_units) over (partition by selection_id) as selection_units,
        case
            when
                account_days <= {{ risk_threshold('match_fixing', 'new_days') }}
                and stake_units
                >= {{ risk_threshold('match_fixing', 'stake_multiple') }}
                then 1
            else 0
        end as is_suspect
    from stakes_on_selections

),

suspect_selections as (

    select
        event_id,
        market_id,
        selection_id,
        count(*) as account_count,
        sum(stake_units) / max(selection_units) as stake_share
    from stakes_with_suspicion
    where is_suspect = 1
    group by event_id, market_id, selection_id
    having
        count(*) >= {{ risk_threshold('match_fixing', 'accounts') }}
        and sum(stake_units)
        >= max(selection_units) * {{ risk_threshold('match_fixing', 'share') }}

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
    from stakes_with_suspicion as stakes
    inner join suspect_selections
        on stakes.selection_id = suspect_selections.selection_id
    where stakes.is_suspect = 1

)

select * from on_suspect_markets

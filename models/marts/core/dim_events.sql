with

markets as (

    select * from {{ ref('dim_markets') }}

),

-- What the trading system says last about an event.
event_plans as (

    select * from {{ ref('stg_trading__events') }}
    where known_to >= {{ end_of_time() }}
    qualify row_number() over (
        partition by event_id
        order by event_version desc nulls last
    ) = 1

),

backed_events as (

    select
        event_id,
        cast(count(*) as bigint) as backed_market_count,
        min(first_known_at) as first_known_at
    from markets
    group by event_id

),

events as (

    select
        backed_events.event_id,
        event_plans.sport,
        event_plans.competition,
        backed_events.backed_market_count,
        event_plans.is_offered_in_play,
        event_plans.starts_at,
        backed_events.first_known_at
    from backed_events
    left join event_plans
        on backed_events.event_id = event_plans.event_id

)

select * from events

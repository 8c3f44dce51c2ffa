{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_open_legs_decided') }}

),

events as (

    select * from {{ ref('stg_trading__events') }}
    where known_to >= {{ end_of_time() }}

),

thresholds as (

    select * from {{ ref('risk_thresholds') }}
    where threshold = 'result_hours'

),

current_events as (

    select
        event_id,
        starts_at
    from events
    qualify
        row_number() over (
            partition by event_id order by event_version desc nulls last
        ) = 1

),

-- A result takes effect when it is known; without one it is due some hours after the
-- event's start.
legs_with_expectation as (

    select
        legs.bet_key,
        legs.event_id,
        legs.leg_no,
        legs.leg_state,
        current_events.event_id is not null as is_event_known,
        coalesce(
            legs.resulted_at,
            {{ dbt.dateadd(
                'hour', 'cast(thresholds.value as integer)', 'current_events.starts_at'
            ) }}
        ) as expected_at
    from legs
    left join current_events
        on legs.event_id = current_events.event_id
    left join thresholds  -- noqa: ST11
        on
            current_events.starts_at >= thresholds.valid_from
            and current_events.starts_at < thresholds.valid_to

)

select * from legs_with_expectation

{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_legs_timed') }}
    where is_in_play

),

legs_with_wait as (

    select
        *,
        {{ dbt.datediff('placed_at', 'closes_at', 'second') }}
            as wait_seconds
    from legs

),

legs_summed_to_customers as (

    select
        customer_id,
        count(*) as leg_count,
        sum(case
            when
                wait_seconds
                <= {{ risk_threshold('courtsiding', 'window_seconds') }}
                then 1
            else 0
        end) as early_count,
        min(placed_at) as first_at,
        max(placed_at) as last_at
    from legs_with_wait
    group by customer_id

),

courtsiding as (

    select
        customer_id,
        early_count as evidence_count,
        cast(early_count as varchar(18)) || ' of '
        || cast(leg_count as varchar(18))
        || ' legs in play just before the outcome was certain' as evidence,
        first_at,
        last_at
    from legs_summed_to_customers
    where
        early_count >= {{ risk_threshold('courtsiding', 'bets') }}
        and early_count
        >= leg_count * {{ risk_threshold('courtsiding', 'share') }}

)

select * from courtsiding

{{ config(materialized='table') }}

with

-- Few legs are early; all are counted only of those who placed several.
hasty_customers as (

    select customer_id from {{ ref('int_legs_timed') }}
    where
        is_in_play
        and closes_at is not null
        and {{ dbt.datediff('placed_at', 'closes_at', 'second') }}
        <= {{ risk_threshold('courtsiding', 'window_seconds') }}
    group by customer_id
    having count(*) >= {{ risk_threshold('courtsiding', 'bets') }}

),

legs as (

    select * from {{ ref('int_legs_timed') }}
    where
        is_in_play
        and customer_id in (select hasty_customers.customer_id from hasty_customers)

),

legs_with_haste as (

    select
        *,
        case
            when
                {{ dbt.datediff('placed_at', 'closes_at', 'second') }}
                <= {{ risk_threshold('courtsiding', 'window_seconds') }}
                then 1
            else 0
        end as is_early
    from legs

),

legs_summed_to_customers as (

    select
        customer_id,
        count(*) as leg_count,
        sum(is_early) as early_count,
        min(placed_at) as first_at,
        max(placed_at) as last_at
    from legs_with_haste
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
        early_count
        >= leg_count * {{ risk_threshold('courtsiding', 'share') }}

)

select * from courtsiding

{{ config(materialized='table') }}

with

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where known_to = {{ end_of_time() }}

),

-- Few customers have so many bets on a day; only theirs are put in order.
busy_days as (

    select
        customer_id,
        cast(placed_at as date) as placed_day
    from bets
    group by customer_id, cast(placed_at as date)
    having count(*) >= {{ risk_threshold('velocity', 'bets') }}

),

bets_in_order as (

    select
        bets.customer_id,
        bets.placed_at,
        row_number() over (
            partition by bets.customer_id, busy_days.placed_day
            order by bets.placed_at nulls last, bets.bet_key nulls last
        ) as place,
        busy_days.placed_day
    from bets
    inner join busy_days
        on
            bets.customer_id = busy_days.customer_id
            and cast(bets.placed_at as date) = busy_days.placed_day

),

-- A bet and the one that completes the number, so many places later.
bursts as (

    select
        first_bets.customer_id,
        first_bets.placed_at as first_at,
        last_bets.placed_at as last_at
    from bets_in_order as first_bets
    inner join bets_in_order as last_bets
        on
            first_bets.customer_id = last_bets.customer_id
            and first_bets.placed_day = last_bets.placed_day
            and first_bets.place + {{ risk_threshold('velocity', 'bets') }} - 1
            = last_bets.place
    where
        {{ dbt.datediff('first_bets.placed_at', 'last_bets.placed_at', 'second') }}
        <= {{ risk_threshold('velocity', 'window_seconds') }}

),

rushing as (

    select
        customer_id,
        count(*) as evidence_count,
        cast(count(*) as varchar(18)) || ' times '
        || cast(
            cast({{ risk_threshold('velocity', 'bets') }} as integer) as varchar(18)
        ) || ' bets within '
        || cast(
            cast({{ risk_threshold('velocity', 'window_seconds') }} as integer)
            as varchar(18)
        ) || ' s' as evidence,
        min(first_at) as first_at,
        max(last_at) as last_at
    from bursts
    group by customer_id

)

select * from rushing

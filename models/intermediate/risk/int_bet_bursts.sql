{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['customer_id', 'placed_day'],
    on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where burst_count = 0",
) }}

with

-- Of most days this keeps no row, so it does not go on from its own last one.
built as (

    select * from {{ ref('stg_ingestion__build_limits') }}

),

{% if is_incremental() %}
    touched_days as (

        select
            customer_id,
            cast(placed_at as date) as placed_day
        from {{ ref('stg_betting__bets') }}
        where known_from > (select built.built_until from built)
        union
        select
            customer_id,
            cast(placed_at as date) as placed_day
        from {{ ref('stg_betting__bets') }}
        where
            known_to > (select built.built_until from built)
            and known_to < {{ end_of_time() }}

    ),

    oldest_day as (

        select min(placed_day) as placed_day from touched_days

    ),
{% endif %}

bets as (

    select
        all_bets.bet_key,
        all_bets.customer_id,
        cast(all_bets.placed_at as date) as placed_day,
        all_bets.placed_at
    from {{ ref('stg_betting__bets') }} as all_bets
    {% if is_incremental() %}
        inner join touched_days
            on
                all_bets.customer_id = touched_days.customer_id
                and cast(all_bets.placed_at as date) = touched_days.placed_day
    {% endif %}
    where
        all_bets.known_to = {{ end_of_time() }}
        {% if is_incremental() %}
            and all_bets.placed_at >= (select oldest_day.placed_day from oldest_day)
        {% endif %}

),

-- Few customers have so many bets on a day; only theirs are put in order.
busy_days as (

    select
        customer_id,
        placed_day
    from bets
    group by customer_id, placed_day
    having count(*) >= {{ risk_threshold('velocity', 'bets') }}

),

bets_in_order as (

    select
        bets.customer_id,
        bets.placed_day,
        bets.placed_at,
        row_number() over (
            partition by bets.customer_id, bets.placed_day
            order by bets.placed_at nulls last, bets.bet_key nulls last
        ) as place
    from bets
    inner join busy_days
        on
            bets.customer_id = busy_days.customer_id
            and bets.placed_day = busy_days.placed_day

),

-- A bet and the one that completes the number, so many places later.
bursts as (

    select
        first_bets.customer_id,
        first_bets.placed_day,
        count(*) as burst_count,
        min(first_bets.placed_at) as first_at,
        max(last_bets.placed_at) as last_at
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
    group by first_bets.customer_id, first_bets.placed_day

)

{% if is_incremental() %}
    -- A day that has none any more comes without; the post-hook removes it.
    select
        touched_days.customer_id,
        touched_days.placed_day,
        coalesce(bursts.burst_count, 0) as burst_count,
        bursts.first_at,
        bursts.last_at
    from touched_days
    left join bursts
        on
            touched_days.customer_id = bursts.customer_id
            and touched_days.placed_day = bursts.placed_day
{% else %}
    select * from bursts
{% endif %}

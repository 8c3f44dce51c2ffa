{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['customer_id', 'currency_code', 'placed_day'],
    on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where burst_count = 0",
) }}

with

-- Of most days this keeps no row, so it does not go on from its own last one.
built as (

    select * from {{ ref('stg_ingestion__build_limits') }}

),

days as (

    select * from {{ ref('int_days_played') }}
    {% if is_incremental() %}
        where known_at > (select built.built_until from built)
    {% endif %}

),

-- That a bet is no older than its day follows, and lets an engine skip older bets.
bets_in_order as (

    select
        days.customer_id,
        days.currency_code,
        days.placed_day,
        bets.placed_at,
        row_number() over (
            partition by days.customer_id, days.currency_code, days.placed_day
            order by bets.placed_at nulls last, bets.bet_key nulls last
        ) as place
    from days
    inner join {{ ref('stg_betting__bets') }} as bets
        on
            days.customer_id = bets.customer_id
            and days.currency_code = bets.currency_code
            and days.placed_day = cast(bets.placed_at as date)
            and days.placed_day <= bets.placed_at
    where
        days.bet_count >= {{ risk_threshold('velocity', 'bets') }}
        and bets.known_to >= {{ end_of_time() }}

),

-- A bet's place, and how many places later the one is that completes the number.
bets_with_last_place as (

    select
        *,
        place + {{ risk_threshold('velocity', 'bets') }} - 1 as last_place
    from bets_in_order

),

bursts as (

    select
        first_bets.customer_id,
        first_bets.currency_code,
        first_bets.placed_day,
        count(*) as burst_count,
        min(first_bets.placed_at) as first_at,
        max(last_bets.placed_at) as last_at
    from bets_with_last_place as first_bets
    inner join bets_in_order as last_bets
        on
            first_bets.customer_id = last_bets.customer_id
            and first_bets.currency_code = last_bets.currency_code
            and first_bets.placed_day = last_bets.placed_day
            and first_bets.last_place = last_bets.place
    where
        {{ dbt.datediff('first_bets.placed_at', 'last_bets.placed_at', 'second') }}
        <= {{ risk_threshold('velocity', 'window_seconds') }}
    group by
        first_bets.customer_id, first_bets.currency_code, first_bets.placed_day

),

-- A later run also names the days that have none any more; the post-hook removes them.
days_with_bursts as (

    select
        days.customer_id,
        days.currency_code,
        days.placed_day,
        coalesce(bursts.burst_count, 0) as burst_count,
        bursts.first_at,
        bursts.last_at
    from days
    left join bursts
        on
            days.customer_id = bursts.customer_id
            and days.currency_code = bursts.currency_code
            and days.placed_day = bursts.placed_day
    {% if not is_incremental() %}
        where bursts.burst_count > 0
    {% endif %}

)

select * from days_with_bursts

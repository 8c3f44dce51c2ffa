{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='bet_key',
    on_schema_change='append_new_columns',
) }}

with

legs as (

    select * from {{ ref('int_legs_placed') }}

),

spans as (

    select * from {{ ref('int_markets_closed') }}

),

closing_prices as (

    select * from {{ ref('fct_closing_prices') }}

),

touched_bets as (

    select * from {{ ref('int_bets_touched') }}

),

legs_touched as (

    select * from legs
    {% if is_incremental() %}
        where bet_key in (select touched_bets.bet_key from touched_bets)
    {% endif %}

),

-- When the market had closed that took the leg nevertheless; else when it closed next
-- because the outcome had become certain.
legs_with_spans as (

    select
        legs_touched.bet_key,
        legs_touched.leg_no,
        min(case
            when
                spans.closed_from < legs_touched.placed_at
                and spans.closed_to > legs_touched.placed_at
                then spans.closed_from
        end) as closed_at,
        min(case
            when
                spans.closed_from >= legs_touched.placed_at
                and spans.reason = 'result_certain'
                then spans.closed_from
        end) as closes_at,
        max(spans.known_at) as known_at
    from legs_touched
    inner join spans
        on legs_touched.market_id = spans.market_id
    group by legs_touched.bet_key, legs_touched.leg_no

),

timed_legs as (

    select
        legs_touched.bet_key,
        legs_touched.customer_id,
        legs_touched.event_id,
        legs_touched.market_id,
        legs_touched.selection_id,
        legs_touched.currency_code,
        legs_touched.bet_type,
        legs_touched.leg_no,
        legs_touched.stake_amount,
        legs_touched.decimal_odds,
        closing_prices.closing_odds,
        closing_prices.closing_probability,
        legs_touched.is_in_play,
        legs_touched.placed_at,
        legs_with_spans.closed_at,
        legs_with_spans.closes_at,
        greatest(
            legs_touched.known_at,
            coalesce(legs_with_spans.known_at, legs_touched.known_at),
            coalesce(closing_prices.known_at, legs_touched.known_at)
        ) as known_at
    from legs_touched
    left join legs_with_spans
        on
            legs_touched.bet_key = legs_with_spans.bet_key
            and legs_touched.leg_no = legs_with_spans.leg_no
    left join closing_prices
        on legs_touched.selection_id = closing_prices.selection_id

)

select * from timed_legs

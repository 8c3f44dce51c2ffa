{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='bet_key',
    on_schema_change='append_new_columns',
) }}

with

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where known_to = {{ end_of_time() }}

),

legs as (

    select * from {{ ref('stg_betting__bet_legs') }}

),

spans as (

    select * from {{ ref('int_markets_closed') }}

),

closing_prices as (

    select * from {{ ref('int_prices_closed') }}

),

{% if is_incremental() %}
    touched_bets as (

        select bet_key from bets
        where known_from > {{ posted_until(this) }}
        union
        select bet_key from legs
        where
            market_id in (
                select spans.market_id from spans
                where spans.known_at > {{ posted_until(this) }}
            )
            or market_id in (
                select closing_prices.market_id from closing_prices
                where closing_prices.known_at > {{ posted_until(this) }}
            )

    ),
{% endif %}

legs_placed as (

    select
        legs.*,
        bets.customer_id,
        bets.currency_code,
        bets.bet_type,
        bets.stake_amount,
        bets.placed_at,
        bets.known_from
    from bets
    inner join legs
        on
            bets.bet_key = legs.bet_key
            and bets.revision = legs.revision
    {% if is_incremental() %}
        where bets.bet_key in (select touched_bets.bet_key from touched_bets)
    {% endif %}

),

-- When the market had closed that took the leg nevertheless; else when it closed next
-- because the outcome had become certain.
legs_with_spans as (

    select
        legs_placed.bet_key,
        legs_placed.leg_no,
        min(case
            when
                spans.closed_from < legs_placed.placed_at
                and spans.closed_to > legs_placed.placed_at
                then spans.closed_from
        end) as closed_at,
        min(case
            when
                spans.closed_from >= legs_placed.placed_at
                and spans.reason = 'result_certain'
                then spans.closed_from
        end) as closes_at,
        max(spans.known_at) as known_at
    from legs_placed
    inner join spans
        on legs_placed.market_id = spans.market_id
    group by legs_placed.bet_key, legs_placed.leg_no

),

timed_legs as (

    select
        legs_placed.bet_key,
        legs_placed.customer_id,
        legs_placed.event_id,
        legs_placed.market_id,
        legs_placed.selection_id,
        legs_placed.currency_code,
        legs_placed.bet_type,
        legs_placed.leg_no,
        legs_placed.stake_amount,
        legs_placed.decimal_odds,
        closing_prices.closing_odds,
        closing_prices.fair_closing_odds,
        legs_placed.is_in_play,
        legs_placed.placed_at,
        legs_with_spans.closed_at,
        legs_with_spans.closes_at,
        greatest(
            legs_placed.known_from,
            coalesce(legs_with_spans.known_at, legs_placed.known_from),
            coalesce(closing_prices.known_at, legs_placed.known_from)
        ) as known_at
    from legs_placed
    left join legs_with_spans
        on
            legs_placed.bet_key = legs_with_spans.bet_key
            and legs_placed.leg_no = legs_with_spans.leg_no
    left join closing_prices
        on legs_placed.selection_id = closing_prices.selection_id

)

select * from timed_legs

{#- A table, so that a planner knows how few they are, and looks them up in history
    rather than history in them. -#}
{{ config(materialized='table') }}

with

built as (

    select * from {{ ref('stg_ingestion__build_limits') }}

),

legs as (

    select * from {{ ref('int_legs_placed') }}

),

touched_spans as (

    select market_id from {{ ref('int_markets_closed') }}
    where known_at > (select built.built_until from built)

),

touched_prices as (

    select market_id from {{ ref('fct_closing_prices') }}
    where known_at > (select built.built_until from built)

),

touched_bets as (

    select bet_key from {{ ref('stg_betting__bets') }}
    where known_from > (select built.built_until from built)
    union
    select bet_key from {{ ref('stg_betting__settlements') }}
    where known_from > (select built.built_until from built)
    union
    select bet_key from legs
    where market_id in (select touched_spans.market_id from touched_spans)
    union
    select bet_key from legs
    where market_id in (select touched_prices.market_id from touched_prices)

)

select * from touched_bets

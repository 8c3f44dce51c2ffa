{#- A table, so that a planner knows how few they are and looks them up in history rather
    than history in them. -#}
{{ config(materialized='table') }}

with

built as (

    select * from {{ ref('stg_ingestion__built_until') }}

),

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

    select bet_key from {{ ref('stg_betting__bets') }}
    where known_from > (select built.built_until from built)
    union
    select bet_key from {{ ref('stg_betting__settlements') }}
    where known_from > (select built.built_until from built)
    union
    select bet_key from legs
    where market_id in (
        select spans.market_id from spans
        where spans.known_at > (select built.built_until from built)
    )
    union
    select bet_key from legs
    where market_id in (
        select closing_prices.market_id from closing_prices
        where closing_prices.known_at > (select built.built_until from built)
    )

)

select * from touched_bets

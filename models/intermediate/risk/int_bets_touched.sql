{#- A table, so that a planner knows how few they are, and looks them up in history
    rather than history in them. -#}
{{ config(materialized='table') }}

with

built as (

    select * from {{ ref('stg_ingestion__build_limits') }}

),

touched_markets as (

    select market_id from {{ ref('int_markets_closed') }}
    where known_at > (select built.built_until from built)
    union
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
    select bet_key from {{ ref('int_legs_placed') }}
    where market_id in (select touched_markets.market_id from touched_markets)

)

select * from touched_bets

{{ config(materialized='table') }}

with

prices as (

    select * from {{ ref('stg_trading__prices') }}
    where
        known_to = {{ end_of_time() }}
        and price_kind = 'closing'

),

closing_prices as (

    select
        market_id,
        selection_id,
        decimal_odds as closing_odds,
        known_from as known_at
    from prices
    qualify
        row_number() over (
            partition by selection_id order by priced_at desc nulls last
        ) = 1

),

-- The chances that closing prices imply add up to more than one: the book's margin.
closing_prices_with_margin as (

    select
        *,
        sum(1 / cast(closing_odds as double precision)) over (
            partition by market_id
        ) as implied_sum
    from closing_prices

)

select
    market_id,
    selection_id,
    closing_odds,
    cast(cast(closing_odds as double precision) * implied_sum as decimal(12, 4))
        as fair_closing_odds,
    known_at
from closing_prices_with_margin

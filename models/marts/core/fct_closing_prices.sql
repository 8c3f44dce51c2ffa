{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='market_id',
    on_schema_change='append_new_columns',
) }}

with

all_prices as (

    select * from {{ ref('stg_trading__prices') }}

),

{% if is_incremental() %}
    touched_markets as (

        select
            market_id,
            min(priced_at) as priced_at
        from all_prices
        where known_from > {{ posted_until(this) }}
        group by market_id

    ),
{% endif %}

-- Outrights are open longest, 150 days; the bound keeps old months out of the scan.
prices as (

    select * from all_prices
    where
        known_to >= {{ end_of_time() }}
        {% if is_incremental() %}
            and market_id in (select touched_markets.market_id from touched_markets)
            and priced_at > (
                select {{ dbt.dateadd('day', -200, 'min(touched_markets.priced_at)') }}
                from touched_markets
            )
        {% endif %}

),

prices_by_selection as (

    select
        selection_id,
        market_id,
        cast(count(*) as bigint) as price_count,
        max(case when price_kind = 'opening' then decimal_odds end) as opening_odds,
        max(case when price_kind = 'closing' then decimal_odds end) as closing_odds,
        max(case
            when price_kind = 'closing'
                then cast(1 / cast(decimal_odds as double precision) as decimal(18, 12))
        end) as book_share,
        min(priced_at) as opened_at,
        max(case when price_kind = 'closing' then priced_at end) as closed_at,
        max(known_from) as known_from
    from prices
    group by selection_id, market_id

),

-- Shares are decimals before they are added up: a sum of floats depends on its order.
shares_of_the_book as (

    select
        *,
        count(*) over (partition by market_id) as selection_count,
        count(closing_odds) over (partition by market_id) as closed_selection_count,
        sum(book_share) over (partition by market_id) as book,
        max(known_from) over (partition by market_id) as known_at
    from prices_by_selection

),

-- A market of which a closing price is not known has no margin to take out.
closing_prices as (

    select
        selection_id,
        market_id,
        price_count,
        opening_odds,
        closing_odds,
        case
            when closed_selection_count = selection_count
                then cast(
                    cast(book_share as double precision)
                    / cast(book as double precision) as decimal(9, 6)
                )
        end as closing_probability,
        case
            when closed_selection_count = selection_count
                then cast(book - 1 as decimal(9, 6))
        end as market_margin,
        opened_at,
        closed_at,
        known_at
    from shares_of_the_book
    where closing_odds is not null

)

select * from closing_prices

with

trading_prices as (

    select * from {{ source('trading', 'trading_prices') }}

),

renamed as (

    select
        selection_id,
        market_id,
        price_kind,
        revision,
        decimal_odds,
        priced_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from trading_prices

)

select * from renamed

with

trading_markets as (

    select * from {{ source('trading', 'trading_markets') }}

),

renamed as (

    select
        market_id,
        event_id,
        market_type,
        selection_count,
        revision,
        opened_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from trading_markets

)

select * from renamed

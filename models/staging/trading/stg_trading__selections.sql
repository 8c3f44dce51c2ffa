with

trading_selections as (

    select * from {{ source('trading', 'trading_selections') }}

),

renamed as (

    select
        selection_id,
        market_id,
        event_id,
        selection_name,
        revision,
        opened_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from trading_selections

)

select * from renamed

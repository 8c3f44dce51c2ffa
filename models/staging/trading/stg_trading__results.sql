with

trading_results as (

    select * from {{ source('trading', 'trading_results') }}

),

renamed as (

    select
        selection_id,
        market_id,
        event_id,
        result,
        result_version,
        certainty,
        revision,
        void_factor,
        dead_heat_factor,
        resulted_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from trading_results

)

select * from renamed

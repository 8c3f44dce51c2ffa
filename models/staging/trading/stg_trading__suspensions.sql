with

trading_suspensions as (

    select * from {{ source('trading', 'trading_suspensions') }}

),

renamed as (

    select
        suspension_id,
        market_id,
        event_id,
        reason,
        revision,
        suspended_at,
        resumed_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from trading_suspensions

)

select * from renamed

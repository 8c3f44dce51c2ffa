with

trading_events as (

    select * from {{ source('trading', 'trading_events') }}

),

renamed as (

    select
        event_id,
        sport,
        competition,
        event_version,
        revision,
        is_offered_in_play,
        starts_at,
        changed_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from trading_events

)

select * from renamed

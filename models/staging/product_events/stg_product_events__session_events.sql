with

sessions__events as (

    select * from {{ source('product_events', 'sessions__events') }}

),

renamed as (

    select
        session_key,
        bet_id,
        event_type,
        page,
        event_no,
        revision,
        occurred_at,
        known_at
    from sessions__events

)

select * from renamed

with

legs as (

    select * from {{ source('betting', 'bets_placed__legs') }}

),

renamed as (

    select
        bet_key,
        event_id,
        market_id,
        selection_id,
        leg_no,
        revision,
        decimal_odds,
        is_in_play,
        known_at
    from legs

)

select * from renamed

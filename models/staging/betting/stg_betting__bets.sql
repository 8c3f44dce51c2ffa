with

bets_placed as (

    select * from {{ source('betting', 'bets_placed') }}

),

renamed as (

    select
        bet_key,
        bet_id,
        customer_id,
        jurisdiction,
        currency_code,
        channel,
        bet_type,
        promotion_id,
        line_count,
        revision,
        stake_amount,
        bonus_stake_amount,
        potential_payout_amount,
        decimal_odds,
        is_in_play,
        placed_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from bets_placed

)

select * from renamed

{{ config(materialized='view') }}

with

unbalanced_bets as (

    select * from {{ ref('int_bets_unbalanced') }}

),

-- A bet that was settled beyond its stake is not open; what is below zero is a break.
open_bets as (

    select
        bet_key,
        bet_id,
        customer_id,
        jurisdiction,
        currency_code,
        channel,
        bet_type,
        line_count,
        stake_amount,
        open_stake_amount,
        bonus_open_stake_amount,
        potential_payout_amount,
        is_in_play,
        placed_date,
        placed_at,
        known_at
    from unbalanced_bets
    where open_stake_amount > 0

)

select * from open_bets

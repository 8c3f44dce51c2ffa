{{ config(materialized='view') }}

with

placements as (

    select * from {{ ref('int_bets_posted') }}

),

settlements as (

    select * from {{ ref('int_settlements_posted') }}

),

restatements as (

    select * from {{ ref('int_bets_restated') }}

),

-- The three have the same columns in the same order, which their contracts hold.
entries as (

    select * from placements
    union all
    select * from settlements
    union all
    select * from restatements

),

entries_with_open_stake as (

    select
        bet_key,
        bet_id,
        customer_id,
        jurisdiction,
        currency_code,
        cause,
        settlement_status,
        settlement_version,
        bet_count,
        handle_amount,
        cast(handle_amount - settled_stake_amount as decimal(18, 2))
            as open_stake_amount,
        settled_stake_amount,
        payout_amount,
        bonus_handle_amount,
        cast(bonus_handle_amount - bonus_settled_stake_amount as decimal(18, 2))
            as bonus_open_stake_amount,
        bonus_settled_stake_amount,
        bonus_payout_amount,
        placed_date,
        effective_date,
        booked_date,
        known_at
    from entries

)

select * from entries_with_open_stake

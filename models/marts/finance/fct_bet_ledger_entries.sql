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

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

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
        entries.bet_key,
        entries.bet_id,
        entries.customer_id,
        entries.jurisdiction,
        entries.currency_code,
        entries.channel,
        entries.cause,
        entries.settlement_status,
        entries.settlement_version,
        entries.bet_count,
        entries.handle_amount,
        cast(entries.handle_amount - entries.settled_stake_amount as decimal(18, 2))
            as open_stake_amount,
        entries.settled_stake_amount,
        entries.payout_amount,
        entries.bonus_handle_amount,
        cast(
            entries.bonus_handle_amount - entries.bonus_settled_stake_amount
            as decimal(18, 2)
        ) as bonus_open_stake_amount,
        entries.bonus_settled_stake_amount,
        entries.bonus_payout_amount,
        entries.is_in_play,
        entries.placed_date,
        entries.effective_date,
        {{ local_date('entries.known_at', 'jurisdictions.time_zone') }} as booked_date,
        entries.known_at
    from entries
    inner join jurisdictions
        on entries.jurisdiction = jurisdictions.jurisdiction

)

select * from entries_with_open_stake

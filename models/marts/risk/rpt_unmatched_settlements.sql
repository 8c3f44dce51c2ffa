{{ config(materialized='view') }}

with

settlements as (

    select * from {{ ref('stg_betting__settlements') }}
    where known_to >= {{ end_of_time() }}

),

bets as (

    select * from {{ ref('stg_betting__bets') }}

),

settlements_without_their_bet as (

    select
        settlements.bet_id,
        settlements.settlement_status,
        settlements.settlement_version,
        settlements.settled_stake_amount,
        settlements.payout_amount,
        settlements.settled_at,
        settlements.known_from as known_at
    from settlements
    left join bets
        on settlements.bet_key = bets.bet_key
    where bets.bet_key is null

)

select * from settlements_without_their_bet

{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_open_legs_decided') }}

),

bets as (

    select * from {{ ref('int_open_bets_valued') }}

),

-- A bet stands on what it waits for; when it waits for nothing, on what decided it.
standing_legs as (

    select
        legs.bet_key,
        legs.event_id,
        legs.market_id,
        legs.selection_id,
        bets.currency_code,
        bets.bet_state,
        bets.payout_rule,
        legs.leg_bit,
        bets.line_count,
        bets.open_stake_amount,
        bets.most_payout_amount
    from legs
    inner join bets
        on
            legs.bet_key = bets.bet_key
            and case when legs.leg_state = 'undecided' then 'alive' else 'over' end
            = case when bets.bet_state = 'alive' then 'alive' else 'over' end

)

select * from standing_legs

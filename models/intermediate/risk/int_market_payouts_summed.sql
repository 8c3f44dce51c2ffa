{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

payouts as (

    select * from {{ ref('int_open_payouts_contingent') }}

),

-- Of the legs that a payout needs, those on the market.
payouts_on_markets as (

    select
        payouts.bet_key,
        payouts.event_id,
        legs.market_id,
        payouts.currency_code,
        payouts.leg_set,
        payouts.payout_amount,
        min(
            case when (legs.leg_bit & payouts.leg_set) <> 0 then legs.selection_id end
        ) as selection_id,
        max(
            case when (legs.leg_bit & payouts.leg_set) <> 0 then legs.selection_id end
        ) as last_selection_id
    from payouts
    inner join legs
        on
            payouts.bet_key = legs.bet_key
            and payouts.event_id = legs.event_id
    group by
        payouts.bet_key,
        payouts.event_id,
        legs.market_id,
        payouts.currency_code,
        payouts.leg_set,
        payouts.payout_amount

),

-- One selection of a market wins, so what needs two is never paid. A null selection:
-- paid whatever happens on the market.
payouts_summed_to_selections as (

    select
        event_id,
        market_id,
        selection_id,
        currency_code,
        cast(sum(payout_amount) as decimal(18, 2)) as payout_amount
    from payouts_on_markets
    where coalesce(selection_id, '') = coalesce(last_selection_id, '')
    group by event_id, market_id, selection_id, currency_code

)

select * from payouts_summed_to_selections

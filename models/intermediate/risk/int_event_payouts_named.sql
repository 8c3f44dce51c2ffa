{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

payouts as (

    select * from {{ ref('int_open_payouts_contingent') }}
    where leg_set <> 0

),

selections_of_payouts as (

    select
        payouts.bet_key,
        payouts.event_id,
        legs.market_id,
        legs.selection_id,
        payouts.currency_code,
        payouts.leg_set,
        max(payouts.payout_amount) as payout_amount,
        count(*) over (
            partition by payouts.bet_key, payouts.event_id, payouts.leg_set
        ) as selection_count
    from payouts
    inner join legs
        on
            payouts.bet_key = legs.bet_key
            and payouts.event_id = legs.event_id
            and (legs.leg_bit & payouts.leg_set) <> 0
    group by
        payouts.bet_key,
        payouts.event_id,
        legs.market_id,
        legs.selection_id,
        payouts.currency_code,
        payouts.leg_set

),

-- What one selection must win for is one figure; that is nearly everything. What
-- several must win for keeps the bet and the legs that it is for.
payouts_named as (

    select
        event_id,
        market_id,
        selection_id,
        currency_code,
        case when selection_count > 1 then bet_key end as bet_key,
        case when selection_count > 1 then leg_set end as leg_set,
        selection_count,
        cast(sum(payout_amount) as decimal(18, 2)) as payout_amount
    from selections_of_payouts
    group by
        event_id,
        market_id,
        selection_id,
        currency_code,
        case when selection_count > 1 then bet_key end,
        case when selection_count > 1 then leg_set end,
        selection_count

)

select * from payouts_named

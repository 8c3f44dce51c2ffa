{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

payouts as (

    select * from {{ ref('int_open_payouts_contingent') }}
    where leg_set <> 0

),

outcomes as (

    select * from {{ ref('int_event_outcomes_numbered') }}

),

payouts_with_selections as (

    select
        payouts.bet_key,
        payouts.event_id,
        payouts.currency_code,
        payouts.leg_set,
        payouts.payout_amount,
        count(distinct legs.selection_id) as selection_count,
        min(legs.selection_id) as selection_id
    from payouts
    inner join legs
        on
            payouts.bet_key = legs.bet_key
            and payouts.event_id = legs.event_id
            and (legs.leg_bit & payouts.leg_set) <> 0
    group by
        payouts.bet_key,
        payouts.event_id,
        payouts.currency_code,
        payouts.leg_set,
        payouts.payout_amount

),

-- What one selection must win for is summed over bets first; that is nearly everything.
payouts_of_one_selection as (

    select
        event_id,
        selection_id,
        currency_code,
        sum(payout_amount) as payout_amount
    from payouts_with_selections
    where selection_count = 1
    group by event_id, selection_id, currency_code

),

payouts_of_many_selections as (

    select
        payouts_with_selections.bet_key,
        payouts_with_selections.event_id,
        payouts_with_selections.currency_code,
        payouts_with_selections.leg_set,
        payouts_with_selections.payout_amount,
        outcomes.joint_no
    from payouts_with_selections
    inner join legs
        on
            payouts_with_selections.bet_key = legs.bet_key
            and payouts_with_selections.event_id = legs.event_id
            and (legs.leg_bit & payouts_with_selections.leg_set) <> 0
    inner join outcomes
        on
            legs.event_id = outcomes.event_id
            and legs.market_id = outcomes.market_id
            and legs.selection_id = outcomes.selection_id
            and legs.currency_code = outcomes.currency_code
    where payouts_with_selections.selection_count > 1
    group by
        payouts_with_selections.bet_key,
        payouts_with_selections.event_id,
        payouts_with_selections.currency_code,
        payouts_with_selections.leg_set,
        payouts_with_selections.payout_amount,
        payouts_with_selections.selection_count,
        outcomes.joint_no
    having
        count(distinct legs.selection_id) = payouts_with_selections.selection_count

),

payouts_in_outcomes as (

    select
        outcomes.event_id,
        outcomes.currency_code,
        outcomes.joint_no,
        coalesce(payouts_of_one_selection.payout_amount, 0) as payout_amount
    from outcomes
    left join payouts_of_one_selection
        on
            outcomes.event_id = payouts_of_one_selection.event_id
            and outcomes.selection_id = payouts_of_one_selection.selection_id
            and outcomes.currency_code = payouts_of_one_selection.currency_code
    union all
    select
        event_id,
        currency_code,
        joint_no,
        payout_amount
    from payouts_of_many_selections

),

payouts_summed_to_outcomes as (

    select
        event_id,
        currency_code,
        joint_no,
        cast(sum(payout_amount) as decimal(18, 2)) as payout_amount
    from payouts_in_outcomes
    group by event_id, currency_code, joint_no

)

select * from payouts_summed_to_outcomes

{{ config(materialized='table') }}

with

payouts as (

    select * from {{ ref('int_event_payouts_named') }}

),

outcomes as (

    select * from {{ ref('int_event_outcomes_numbered') }}

),

payouts_in_outcomes as (

    select
        outcomes.event_id,
        outcomes.currency_code,
        outcomes.joint_no,
        payouts.bet_key,
        payouts.leg_set,
        payouts.selection_count,
        count(*) as won_count,
        case
            when payouts.bet_key is null then sum(payouts.payout_amount)
            else max(payouts.payout_amount)
        end as payout_amount
    from outcomes
    left join payouts
        on
            outcomes.event_id = payouts.event_id
            and outcomes.market_id = payouts.market_id
            and outcomes.selection_id = payouts.selection_id
            and outcomes.currency_code = payouts.currency_code
    group by
        outcomes.event_id,
        outcomes.currency_code,
        outcomes.joint_no,
        payouts.bet_key,
        payouts.leg_set,
        payouts.selection_count

),

-- What several selections must win for is paid when as many have won.
payouts_summed_to_outcomes as (

    select
        event_id,
        currency_code,
        joint_no,
        cast(sum(
            case
                when bet_key is null or won_count = selection_count
                    then coalesce(payout_amount, 0)
                else 0
            end
        ) as decimal(18, 2)) as payout_amount
    from payouts_in_outcomes
    group by event_id, currency_code, joint_no

)

select * from payouts_summed_to_outcomes

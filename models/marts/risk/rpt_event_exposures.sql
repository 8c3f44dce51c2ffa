with

legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

payouts as (

    select * from {{ ref('int_open_payouts_contingent') }}

),

worst_outcomes as (

    select * from {{ ref('int_event_worst_outcomes') }}

),

bets_on_events as (

    select
        bet_key,
        event_id,
        currency_code,
        open_stake_amount,
        case when bet_state = 'lost' then 0 else most_payout_amount end
            as potential_payout_amount,
        case when bet_state = 'alive' then 1 else 0 end as alive_count
    from legs
    group by
        bet_key,
        event_id,
        currency_code,
        open_stake_amount,
        most_payout_amount,
        bet_state

),

events as (

    select
        event_id,
        currency_code,
        cast(count(*) as bigint) as open_bet_count,
        cast(sum(open_stake_amount) as decimal(18, 2)) as open_stake_amount,
        cast(sum(potential_payout_amount) as decimal(18, 2)) as potential_payout_amount,
        sum(alive_count) as alive_count
    from bets_on_events
    group by event_id, currency_code

),

certain_payouts as (

    select
        event_id,
        currency_code,
        cast(sum(payout_amount) as decimal(18, 2)) as payout_amount
    from payouts
    where leg_set = 0
    group by event_id, currency_code

),

exposures as (

    select
        events.event_id,
        events.currency_code,
        cast(worst_outcomes.selection_ids as varchar(4000))
            as worst_case_selection_ids,
        events.open_bet_count,
        cast(worst_outcomes.joint_outcome_count as bigint) as joint_outcome_count,
        events.open_stake_amount,
        events.potential_payout_amount,
        cast(
            case
                when events.alive_count = 0
                    then coalesce(certain_payouts.payout_amount, 0)
                when worst_outcomes.event_id is null
                    then events.potential_payout_amount
                else
                    worst_outcomes.payout_amount
                    + coalesce(certain_payouts.payout_amount, 0)
            end - events.open_stake_amount as decimal(18, 2)
        ) as worst_case_loss_amount,
        events.alive_count = 0
        or worst_outcomes.event_id is not null as is_exact
    from events
    left join certain_payouts
        on
            events.event_id = certain_payouts.event_id
            and events.currency_code = certain_payouts.currency_code
    left join worst_outcomes
        on
            events.event_id = worst_outcomes.event_id
            and events.currency_code = worst_outcomes.currency_code

)

select * from exposures

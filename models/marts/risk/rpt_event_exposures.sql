with

legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

payouts as (

    select * from {{ ref('int_open_payouts_contingent') }}

),

joint_payouts as (

    select * from {{ ref('int_event_payouts_played') }}

),

outcomes as (

    select * from {{ ref('int_event_outcomes_numbered') }}

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

dearest_outcomes as (

    select
        *,
        cast(
            count(*) over (partition by event_id, currency_code) as bigint
        ) as joint_outcome_count
    from joint_payouts
    qualify
        row_number() over (
            partition by event_id, currency_code
            order by payout_amount desc nulls last, joint_no nulls last
        ) = 1

),

dearest_selections as (

    select
        dearest_outcomes.event_id,
        dearest_outcomes.currency_code,
        {{ dbt.listagg(
            'outcomes.selection_id', "', '", 'order by outcomes.selection_id'
        ) }} as selection_ids
    from dearest_outcomes
    inner join outcomes
        on
            dearest_outcomes.event_id = outcomes.event_id
            and dearest_outcomes.currency_code = outcomes.currency_code
            and dearest_outcomes.joint_no = outcomes.joint_no
    group by dearest_outcomes.event_id, dearest_outcomes.currency_code

),

exposures as (

    select
        events.event_id,
        events.currency_code,
        cast(dearest_selections.selection_ids as varchar(4000))
            as worst_case_selection_ids,
        events.open_bet_count,
        dearest_outcomes.joint_outcome_count,
        events.open_stake_amount,
        events.potential_payout_amount,
        cast(
            case
                when events.alive_count = 0
                    then coalesce(certain_payouts.payout_amount, 0)
                when dearest_outcomes.event_id is null
                    then events.potential_payout_amount
                else dearest_outcomes.payout_amount
                    + coalesce(certain_payouts.payout_amount, 0)
            end - events.open_stake_amount as decimal(18, 2)
        ) as worst_case_loss_amount,
        events.alive_count = 0
        or dearest_outcomes.event_id is not null as is_exact
    from events
    left join certain_payouts
        on
            events.event_id = certain_payouts.event_id
            and events.currency_code = certain_payouts.currency_code
    left join dearest_outcomes
        on
            events.event_id = dearest_outcomes.event_id
            and events.currency_code = dearest_outcomes.currency_code
    left join dearest_selections
        on
            events.event_id = dearest_selections.event_id
            and events.currency_code = dearest_selections.currency_code

)

select * from exposures

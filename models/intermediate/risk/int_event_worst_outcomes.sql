{{ config(materialized='table') }}

with

payouts as (

    select * from {{ ref('int_event_payouts_played') }}

),

outcomes as (

    select * from {{ ref('int_event_outcomes_numbered') }}

),

dearest_outcomes as (

    select
        *,
        count(*) over (partition by event_id, currency_code) as joint_outcome_count
    from payouts
    qualify
        row_number() over (
            partition by event_id, currency_code
            order by payout_amount desc nulls last, joint_no asc nulls last
        ) = 1

),

worst_outcomes as (

    select
        dearest_outcomes.event_id,
        dearest_outcomes.currency_code,
        {{ dbt.listagg(
            'outcomes.selection_id', "', '", 'order by outcomes.selection_id'
        ) }} as selection_ids,
        dearest_outcomes.joint_outcome_count,
        dearest_outcomes.payout_amount
    from dearest_outcomes
    inner join outcomes
        on
            dearest_outcomes.event_id = outcomes.event_id
            and dearest_outcomes.currency_code = outcomes.currency_code
            and dearest_outcomes.joint_no = outcomes.joint_no
    group by
        dearest_outcomes.event_id,
        dearest_outcomes.currency_code,
        dearest_outcomes.joint_outcome_count,
        dearest_outcomes.payout_amount

)

select * from worst_outcomes

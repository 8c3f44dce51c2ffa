with

changes as (

    select * from {{ ref('stg_statements__changes') }}

),

deliveries as (

    select * from {{ ref('stg_statements__deliveries') }}

),

suspicions as (

    select * from {{ ref('stg_statements__suspicions') }}

),

decisions as (

    select * from {{ ref('stg_statements__decisions') }}

),

changes_classified as (

    select
        changes.delivery_id,
        changes.feed,
        changes.entity,
        changes.measure,
        changes.change_kind,
        suspicions.suspicion_kind,
        case
            when suspicions.delivery_id is null then 'accepted_on_arrival'
            when decisions.is_accepted is null then 'held'
            when decisions.is_accepted then 'accepted'
            else 'rejected'
        end as acceptance_status,
        suspicions.detail as suspicion_detail,
        decisions.decided_by,
        decisions.reason as decision_reason,
        changes.from_figure,
        changes.to_figure,
        cast(
            coalesce(changes.to_figure, 0) - coalesce(changes.from_figure, 0)
            as decimal(28, 6)
        ) as changed_by,
        changes.period_date,
        deliveries.delivered_at,
        decisions.known_at as decided_at,
        changes.known_at
    from changes
    inner join deliveries on changes.delivery_id = deliveries.delivery_id
    left join suspicions
        on
            changes.delivery_id = suspicions.delivery_id
            and changes.entity = suspicions.entity
    left join decisions
        on
            changes.delivery_id = decisions.delivery_id
            and changes.entity = decisions.entity

)

select * from changes_classified

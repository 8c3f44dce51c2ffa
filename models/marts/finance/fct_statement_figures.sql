with

cells as (

    select * from {{ ref('stg_statements__cells') }}

),

deliveries as (

    select * from {{ ref('stg_statements__deliveries') }}

),

accepted as (

    select * from {{ ref('int_statements_accepted') }}

),

{% set of_one_cell -%}
    over (
                partition by feed, entity, measure, period_date
                order by delivery_id nulls last
            )
{%- endset %}

versions as (

    select
        delivery_id,
        feed,
        entity,
        measure,
        figure,
        period_date,
        known_at,
        lead(delivery_id) {{ of_one_cell }} as next_delivery_id,
        lead(known_at) {{ of_one_cell }} as next_known_at
    from cells

),

delivered as (

    select
        delivery_id,
        feed,
        entity,
        measure,
        'delivered' as history,
        figure,
        period_date,
        known_at as known_from,
        coalesce(next_known_at, {{ end_of_time() }}) as known_to
    from versions
    where next_known_at is null or known_at < next_known_at

),

-- What stands for an entity goes from delivery to later delivery only, so the spans of
-- a version are one.
accepted_versions as (

    select
        versions.delivery_id,
        versions.feed,
        versions.entity,
        versions.measure,
        'accepted' as history,
        versions.figure,
        versions.period_date,
        min(accepted.known_from) as known_from,
        max(accepted.known_to) as known_to
    from versions
    inner join accepted
        on
            versions.feed = accepted.feed
            and versions.entity = accepted.entity
            and versions.delivery_id <= accepted.delivery_id
            and coalesce(versions.next_delivery_id, accepted.delivery_id + 1)
            > accepted.delivery_id
    group by
        versions.delivery_id,
        versions.feed,
        versions.entity,
        versions.measure,
        versions.figure,
        versions.period_date

),

both_histories as (

    select * from delivered
    union all
    select * from accepted_versions

),

figures as (

    select
        both_histories.delivery_id,
        both_histories.feed,
        both_histories.entity,
        both_histories.measure,
        both_histories.history,
        both_histories.figure,
        both_histories.period_date,
        deliveries.delivered_at,
        both_histories.known_from,
        both_histories.known_to
    from both_histories
    inner join deliveries on both_histories.delivery_id = deliveries.delivery_id
    where both_histories.figure is not null

)

select * from figures

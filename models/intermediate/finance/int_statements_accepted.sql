with

deliveries as (

    select * from {{ ref('stg_statements__deliveries') }}

),

entities as (

    select
        feed,
        entity
    from {{ ref('stg_statements__cells') }}
    group by feed, entity

),

suspicions as (

    select * from {{ ref('stg_statements__suspicions') }}

),

decisions as (

    select * from {{ ref('stg_statements__decisions') }}

),

-- A file states all of its feed, so each delivery has something to say of each entity.
deliveries_accepted as (

    select
        deliveries.delivery_id,
        deliveries.feed,
        entities.entity,
        coalesce(decisions.known_at, deliveries.known_at) as accepted_at
    from deliveries
    inner join entities on deliveries.feed = entities.feed
    left join suspicions
        on
            deliveries.delivery_id = suspicions.delivery_id
            and entities.entity = suspicions.entity
    left join decisions
        on
            deliveries.delivery_id = decisions.delivery_id
            and entities.entity = decisions.entity
    where suspicions.delivery_id is null or decisions.is_accepted

),

-- One that is accepted when a later one stands already changes nothing any more.
standing_deliveries as (

    select
        feed,
        entity,
        max(delivery_id) over (
            partition by feed, entity order by accepted_at nulls last, delivery_id
            rows between unbounded preceding and current row
        ) as delivery_id,
        accepted_at
    from deliveries_accepted

),

deliveries_followed as (

    select
        delivery_id,
        feed,
        entity,
        accepted_at as known_from,
        lead(accepted_at) over (
            partition by feed, entity order by accepted_at nulls last, delivery_id
        ) as known_to
    from standing_deliveries

),

-- Of several in one load the last one stands.
statements as (

    select
        delivery_id,
        feed,
        entity,
        known_from,
        coalesce(known_to, {{ end_of_time() }}) as known_to
    from deliveries_followed
    where known_to is null or known_from < known_to

)

select * from statements

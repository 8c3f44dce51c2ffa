with

markets as (

    select * from {{ ref('dim_markets') }}

),

events as (

    select
        event_id,
        cast(count(*) as bigint) as backed_market_count,
        min(first_known_at) as first_known_at
    from markets
    group by event_id

)

select * from events

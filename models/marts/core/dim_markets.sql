with

selections as (

    select * from {{ ref('dim_selections') }}

),

markets as (

    select
        event_id,
        market_id,
        cast(count(*) as bigint) as backed_selection_count,
        min(first_known_at) as first_known_at
    from selections
    group by event_id, market_id

)

select * from markets

with

revenue_versions as (

    select * from {{ ref('rpt_daily_revenue_versions') }}

),

last_moment as (

    select max(known_from) as as_of_at
    from revenue_versions

)

select * from last_moment

with

failed_checks as (

    select * from {{ ref('stg_ingestion__failed_checks') }}

),

marts_checked as (

    select
        mart_schema,
        mart_name,
        sum(case when passed_at is null then 1 else 0 end) as failed_check_count,
        max(last_failed_at) as last_failed_at
    from failed_checks
    group by mart_schema, mart_name

)

select * from marts_checked

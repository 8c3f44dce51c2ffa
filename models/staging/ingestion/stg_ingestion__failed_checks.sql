with

failed_checks as (

    select * from {{ source('ingestion', 'failed_checks') }}

)

select
    check_name,
    mart_schema,
    mart_name,
    status,
    failure_count,
    first_failed_at,
    last_failed_at,
    passed_at
from failed_checks

with

failures as (

    select * from {{ source('ingestion', 'failures') }}

)

select
    split_part(node_id, '.', 3) as check_name,
    mart_schema,
    mart_name,
    status,
    failure_count,
    first_failed_at,
    last_failed_at,
    passed_at
from failures
where mart_name is not null

with

builds as (

    select * from {{ source('ingestion', 'builds') }}

)

select
    invocation_id,
    code_revision,
    check_count,
    failed_check_count,
    checked_at,
    known_until
from builds

with

backfills as (

    select * from {{ source('ingestion', 'backfills') }}

)

select
    backfill_id,
    models,
    code_revision,
    reason,
    row_count,
    estimated_seconds,
    measured_seconds,
    cpu_seconds,
    posted_count,
    from_date,
    to_date,
    known_at
from backfills

with

snapshot_window as (

    select * from {{ source('ingestion', 'snapshot_window') }}

)

select
    known_after,
    known_until
from snapshot_window

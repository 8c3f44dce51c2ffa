with

built_until as (

    select * from {{ source('ingestion', 'built_until') }}

)

select coalesce(max(known_at), {{ start_of_time() }}) as built_until
from built_until

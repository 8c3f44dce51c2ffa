with

files as (

    select * from {{ source('ingestion', 'files') }}

),

renamed as (

    select
        file_id,
        load_id,
        source as source_name,
        relation as source_table,
        path as file_path,
        checksum,
        reason as refusal_reason,
        message,
        size_bytes,
        rows_in,
        rows_loaded,
        rows_duplicate,
        rows_quarantined,
        known_at
    from files

)

select * from renamed

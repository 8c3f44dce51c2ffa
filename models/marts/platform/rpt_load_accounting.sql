with

files as (

    select * from {{ ref('stg_ingestion__files') }}

),

accounted_files as (

    select
        file_id,
        load_id,
        source_name,
        source_table,
        file_path,
        checksum,
        refusal_reason,
        message,
        size_bytes,
        rows_in,
        rows_loaded,
        rows_duplicate,
        rows_quarantined,
        known_at
    from files

)

select * from accounted_files

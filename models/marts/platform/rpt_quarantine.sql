with

quarantined_values as (

    select * from {{ ref('stg_ingestion__quarantined_values') }}

),

files as (

    select * from {{ ref('stg_ingestion__files') }}

),

quarantine as (

    select
        quarantined_values.file_id,
        quarantined_values.file_row,
        quarantined_values.source_name,
        quarantined_values.source_table,
        files.file_path,
        quarantined_values.column_name,
        quarantined_values.value_class,
        quarantined_values.reason,
        quarantined_values.message,
        quarantined_values.known_at
    from quarantined_values
    inner join files
        on quarantined_values.file_id = files.file_id

)

select * from quarantine

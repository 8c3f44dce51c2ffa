with

quarantine as (

    select * from {{ source('ingestion', 'quarantine') }}

),

renamed as (

    select
        file_id,
        file_row,
        source as source_name,
        relation as source_table,
        column_name,
        value_class,
        reason,
        message,
        known_at
    from quarantine

)

select * from renamed

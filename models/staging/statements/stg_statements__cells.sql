with

cells as (

    select * from {{ source('statements', 'cells') }}

),

renamed as (

    select
        delivery_id,
        feed,
        entity,
        period_date,
        measure,
        figure,
        known_at
    from cells

)

select * from renamed

with

deliveries as (

    select * from {{ source('statements', 'deliveries') }}

),

renamed as (

    select
        delivery_id,
        file_id,
        feed,
        row_count,
        delivered_at,
        known_at
    from deliveries

)

select * from renamed

with

decisions as (

    select * from {{ source('statements', 'decisions') }}

),

renamed as (

    select
        delivery_id,
        feed,
        entity,
        decided_by,
        reason,
        is_accepted,
        known_at
    from decisions

)

select * from renamed

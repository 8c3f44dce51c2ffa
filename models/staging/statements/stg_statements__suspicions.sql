with

suspicions as (

    select * from {{ source('statements', 'suspicions') }}

),

renamed as (

    select
        delivery_id,
        feed,
        entity,
        suspicion_kind,
        detail,
        known_at
    from suspicions

)

select * from renamed

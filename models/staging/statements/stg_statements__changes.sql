with

changes as (

    select * from {{ source('statements', 'changes') }}

),

renamed as (

    select
        delivery_id,
        feed,
        entity,
        period_date,
        measure,
        change_kind,
        from_figure,
        to_figure,
        known_at
    from changes

)

select * from renamed

with

experiments__variants as (

    select * from {{ source('experiments', 'experiments__variants') }}

),

renamed as (

    select
        experiment_key,
        variant,
        planned_share,
        revision,
        is_control,
        known_at
    from experiments__variants

)

select * from renamed

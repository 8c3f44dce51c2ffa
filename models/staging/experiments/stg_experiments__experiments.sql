with

experiments as (

    select * from {{ source('experiments', 'experiments') }}

),

renamed as (

    select
        experiment_key,
        experiment_id,
        experiment_name,
        primary_metric,
        revision,
        starts_at,
        ends_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from experiments

)

select * from renamed

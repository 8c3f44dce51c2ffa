with

experiments as (

    select * from {{ ref('stg_experiments__experiments') }}
    where known_to >= {{ end_of_time() }}

),

variants as (

    select * from {{ ref('stg_experiments__variants') }}

),

variants_of_experiments as (

    select
        experiments.experiment_id,
        experiments.experiment_name,
        experiments.primary_metric,
        variants.variant,
        variants.planned_share,
        variants.is_control,
        experiments.starts_at,
        experiments.ends_at,
        experiments.known_from as known_at
    from experiments
    inner join variants
        on
            experiments.experiment_key = variants.experiment_key
            and experiments.revision = variants.revision

)

select * from variants_of_experiments

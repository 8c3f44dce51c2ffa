with

assignments as (

    select * from {{ source('experiments', 'assignments') }}

),

renamed as (

    select
        experiment_id,
        customer_id,
        variant,
        revision,
        assigned_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from assignments

)

select * from renamed

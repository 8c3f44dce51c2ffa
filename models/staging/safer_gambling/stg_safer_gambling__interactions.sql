with

interactions as (

    select * from {{ source('safer_gambling', 'interactions') }}

),

renamed as (

    select
        interaction_id,
        customer_id,
        marker_of_harm,
        channel,
        intervention,
        outcome,
        revision,
        interacted_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from interactions

)

select * from renamed

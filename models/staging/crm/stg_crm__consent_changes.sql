with

consent_changes as (

    select * from {{ source('crm', 'consent_changes') }}

),

renamed as (

    select
        consent_change_id,
        customer_id,
        channel,
        captured_by,
        revision,
        is_granted,
        changed_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from consent_changes

)

select * from renamed

with

identity_checks as (

    select * from {{ source('kyc', 'identity_checks') }}

),

renamed as (

    select
        identity_check_id,
        customer_id,
        check_type,
        provider,
        document_type,
        outcome,
        reason_code,
        revision,
        requested_at,
        completed_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from identity_checks

)

select * from renamed

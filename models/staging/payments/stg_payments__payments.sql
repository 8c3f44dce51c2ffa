with

payments as (

    select * from {{ source('payments', 'payments') }}

),

renamed as (

    select
        payment_key,
        payment_id,
        customer_id,
        jurisdiction,
        currency_code,
        payment_type,
        payment_method,
        provider,
        payment_status,
        failure_reason,
        md5(instrument_fingerprint) as instrument_pseudonym,
        status_version,
        revision,
        payment_amount,
        fee_amount,
        requested_at,
        status_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from payments

)

select * from renamed

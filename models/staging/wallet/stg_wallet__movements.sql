with

wallet_movements as (

    select * from {{ source('wallet', 'wallet_movements') }}

),

renamed as (

    select
        movement_key,
        reference_key,
        movement_id,
        customer_id,
        reference_id,
        reference_type,
        jurisdiction,
        currency_code,
        movement_kind,
        debit_account,
        credit_account,
        reference_version,
        revision,
        movement_amount,
        posted_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from wallet_movements

)

select * from renamed

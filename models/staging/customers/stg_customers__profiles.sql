with

customer_profiles as (

    select * from {{ source('customers', 'customer_profiles') }}

),

renamed as (

    select
        customer_id,
        country_code,
        jurisdiction,
        currency_code,
        account_status,
        kyc_status,
        vip_tier,
        acquisition_channel,
        revision,
        marketing_opt_in as has_marketing_opt_in,
        is_test_account,
        registered_at,
        updated_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from customer_profiles

)

select * from renamed

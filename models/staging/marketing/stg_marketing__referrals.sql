with

referrals as (

    select * from {{ source('marketing', 'referrals') }}

),

renamed as (

    select
        referral_id,
        referrer_customer_id,
        referred_customer_id,
        revision,
        referred_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from referrals

)

select * from renamed

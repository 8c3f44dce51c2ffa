with

referrals as (

    select * from {{ ref('stg_marketing__referrals') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

referrals_among_customers as (

    select
        referrals.referral_id,
        referrals.referrer_customer_id,
        referrals.referred_customer_id,
        referrals.referred_at,
        referrals.known_from as known_at
    from referrals
    left join test_accounts as test_referrers
        on referrals.referrer_customer_id = test_referrers.customer_id
    left join test_accounts as referred_testers
        on referrals.referred_customer_id = referred_testers.customer_id
    where
        test_referrers.customer_id is null
        and referred_testers.customer_id is null

)

select * from referrals_among_customers

with

rings as (

    select
        customer_id,
        ring_id,
        account_count as evidence_count,
        'one of ' || cast(account_count as varchar(18))
        || ' accounts that share device, instrument or address' as evidence,
        cast(null as timestamp) as first_at,
        cast(null as timestamp) as last_at
    from {{ ref('int_accounts_connected') }}
    where account_count >= {{ risk_threshold('multi_account', 'ring_accounts') }}

),

passing_through as (

    select * from {{ ref('int_customers_passing_through') }}

),

living_on_bonus as (

    select * from {{ ref('int_customers_living_on_bonus') }}

),

rushing as (

    select * from {{ ref('int_customers_rushing') }}

),

signals as (

    select
        customer_id,
        ring_id as case_id,
        'multi_account' as rule_name,
        evidence_count,
        evidence,
        first_at,
        last_at
    from rings
    union all
    select
        customer_id,
        customer_id as case_id,
        'minimal_play' as rule_name,
        evidence_count,
        evidence,
        first_at,
        last_at
    from passing_through
    union all
    select
        customer_id,
        customer_id as case_id,
        'bonus_abuse' as rule_name,
        evidence_count,
        evidence,
        first_at,
        last_at
    from living_on_bonus
    union all
    select
        customer_id,
        customer_id as case_id,
        'velocity' as rule_name,
        evidence_count,
        evidence,
        first_at,
        last_at
    from rushing

)

select * from signals

with

courtsiding as (

    select * from {{ ref('int_customers_courtsiding') }}

),

beating_close as (

    select * from {{ ref('int_customers_beating_close') }}

),

on_suspect_markets as (

    select * from {{ ref('int_customers_on_suspect_markets') }}

),

late_bets as (

    select
        customer_id,
        count(*) as evidence_count,
        cast(count(*) as varchar(18)) || ' bets on closed markets, up to '
        || cast(max(late_seconds) as varchar(18)) || ' s late' as evidence,
        min(placed_at) as first_at,
        max(placed_at) as last_at
    from {{ ref('rpt_late_bets') }}
    where is_confirmed
    group by customer_id
    having count(*) >= {{ risk_threshold('late_bets', 'late_bets') }}

),

signals as (

    select
        customer_id,
        customer_id as case_id,
        'courtsiding' as rule_name,
        evidence_count,
        evidence,
        first_at,
        last_at
    from courtsiding
    union all
    select
        customer_id,
        customer_id as case_id,
        'arbitrage' as rule_name,
        evidence_count,
        evidence,
        first_at,
        last_at
    from beating_close
    union all
    select
        customer_id,
        event_id as case_id,
        'match_fixing' as rule_name,
        evidence_count,
        evidence,
        first_at,
        last_at
    from on_suspect_markets
    union all
    select
        customer_id,
        customer_id as case_id,
        'late_bets' as rule_name,
        evidence_count,
        evidence,
        first_at,
        last_at
    from late_bets

)

select * from signals

with

signals as (

    select * from {{ ref('rpt_risk_signals') }}

),

-- A rule counts once, however often it found something.
rules_of_customers as (

    select
        customer_id,
        rule_name,
        min(evidence) as evidence,
        max(points) as points,
        count(*) as signal_count,
        max(last_at) as last_at
    from signals
    group by customer_id, rule_name

),

scores as (

    select
        customer_id,
        cast({{ dbt.listagg(
            "rule_name || ': ' || evidence", "'; '", 'order by points desc, rule_name asc'
        ) }} as varchar(4000)) as reasons,
        cast(least(sum(points), 100) as integer) as score,
        cast(count(*) as bigint) as rule_count,
        cast(sum(signal_count) as bigint) as signal_count,
        max(last_at) as last_at
    from rules_of_customers
    group by customer_id

)

select * from scores

with

signals as (

    select * from {{ ref('rpt_risk_signals') }}
    where rule_name = 'match_fixing'

),

late_bets as (

    select * from {{ ref('rpt_late_bets') }}
    where is_confirmed

),

rules as (

    select * from {{ ref('risk_rules') }}

),

signals_of_events as (

    select
        case_id as event_id,
        'match_fixing' as rule_name,
        cast(count(distinct customer_id) as varchar(18))
        || ' new accounts' as evidence,
        count(distinct customer_id) as customer_count
    from signals
    group by case_id
    union all
    select
        event_id,
        'late_bets' as rule_name,
        cast(count(*) as varchar(18)) || ' late bets' as evidence,
        count(distinct customer_id) as customer_count
    from late_bets
    group by event_id

),

scores as (

    select
        signals_of_events.event_id,
        cast({{ dbt.listagg(
            "signals_of_events.rule_name || ': ' || signals_of_events.evidence",
            "'; '",
            'order by rules.points desc, signals_of_events.rule_name asc'
        ) }} as varchar(4000)) as reasons,
        cast(least(sum(rules.points), 100) as integer) as score,
        cast(sum(signals_of_events.customer_count) as bigint) as customer_count
    from signals_of_events
    inner join rules
        on signals_of_events.rule_name = rules.rule_name
    group by signals_of_events.event_id

)

select * from scores

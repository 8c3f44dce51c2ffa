with

signals_of_accounts as (

    select * from {{ ref('int_signals_of_accounts') }}

),

signals_of_bets as (

    select * from {{ ref('int_signals_of_bets') }}

),

rules as (

    select * from {{ ref('risk_rules') }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

all_signals as (

    select * from signals_of_accounts
    union all
    select * from signals_of_bets

),

signals as (

    select
        all_signals.customer_id,
        cast(all_signals.case_id as varchar(64)) as case_id,
        all_signals.rule_name,
        cast(all_signals.evidence as varchar(256)) as evidence,
        rules.points,
        cast(all_signals.evidence_count as bigint) as evidence_count,
        all_signals.first_at,
        all_signals.last_at
    from all_signals
    inner join rules
        on all_signals.rule_name = rules.rule_name
    left join test_accounts
        on all_signals.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from signals

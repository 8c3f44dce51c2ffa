{{ config(materialized='view') }}

with

references_reconciled as (

    select * from {{ ref('int_references_reconciled') }}

),

balances_reconciled as (

    select * from {{ ref('int_balances_reconciled') }}

),

tolerances as (

    select * from {{ ref('reconciliation_tolerances') }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

-- Age is measured at the last load, not by the clock: same loads, same page.
last_load as (

    select max(known_at) as known_at from {{ ref('stg_ingestion__files') }}

),

all_breaks as (

    select
        reference_id,
        customer_id,
        aspect || '_' || problem as break_kind,
        reference_type,
        jurisdiction,
        currency_code,
        expected_amount,
        moved_amount,
        case problem
            when 'missing' then expected_amount
            when 'currency' then moved_amount
            else moved_amount - expected_amount
        end as break_amount,
        happened_date,
        known_at
    from references_reconciled
    union all
    select
        customer_id as reference_id,
        customer_id,
        aspect || '_differs' as break_kind,
        'balance' as reference_type,
        jurisdiction,
        currency_code,
        expected_amount,
        moved_amount,
        break_amount,
        happened_date,
        known_at
    from balances_reconciled

),

breaks as (

    select
        all_breaks.reference_id,
        all_breaks.customer_id,
        all_breaks.break_kind,
        all_breaks.reference_type,
        all_breaks.jurisdiction,
        all_breaks.currency_code,
        cast(
            {{ dbt.datediff('all_breaks.happened_date', 'last_load.known_at', 'day') }}
            as integer
        ) as age_days,
        all_breaks.expected_amount,
        all_breaks.moved_amount,
        cast(all_breaks.break_amount as decimal(18, 2)) as break_amount,
        {{ dbt.datediff('all_breaks.happened_date', 'last_load.known_at', 'day') }}
        <= tolerances.in_flight_days as is_in_flight,
        all_breaks.happened_date,
        all_breaks.known_at
    from all_breaks
    inner join tolerances
        on all_breaks.reference_type = tolerances.reference_type
    left join test_accounts
        on all_breaks.customer_id = test_accounts.customer_id
    cross join last_load
    where test_accounts.customer_id is null

)

select * from breaks

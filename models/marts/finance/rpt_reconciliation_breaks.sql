{{ config(materialized='view') }}
{% set age_days = dbt.datediff('found.happened_date', 'last_load.known_at', 'day') -%}

with

references_reconciled as (

    select * from {{ ref('int_references_reconciled') }}

),

balances_reconciled as (

    select * from {{ ref('int_balances_reconciled') }}

),

oversettled_bets as (

    select * from {{ ref('int_bets_unbalanced') }}
    where open_stake_amount < 0

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

found as (

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
    union all
    select
        bet_id as reference_id,
        customer_id,
        'stake_oversettled' as break_kind,
        'bet' as reference_type,
        jurisdiction,
        currency_code,
        stake_amount as expected_amount,
        cast(stake_amount - open_stake_amount as decimal(18, 2)) as moved_amount,
        -open_stake_amount as break_amount,
        placed_date as happened_date,
        known_at
    from oversettled_bets

),

breaks as (

    select
        found.reference_id,
        found.customer_id,
        found.break_kind,
        found.reference_type,
        found.jurisdiction,
        found.currency_code,
        cast({{ age_days }} as integer) as age_days,
        found.expected_amount,
        found.moved_amount,
        cast(found.break_amount as decimal(18, 2)) as break_amount,
        {{ age_days }} <= tolerances.in_flight_days as is_in_flight,
        found.happened_date,
        found.known_at
    from found
    inner join tolerances
        on found.reference_type = tolerances.reference_type
    left join test_accounts
        on found.customer_id = test_accounts.customer_id
    cross join last_load
    where test_accounts.customer_id is null

)

select * from breaks

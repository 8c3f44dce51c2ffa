{{ config(materialized='view') }}

with

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where
        known_to >= {{ end_of_time() }}
        and channel <> 'retail'

),

us_jurisdictions as (

    select * from {{ ref('jurisdictions') }}
    where country_code = 'US'

),

passed_checks as (

    select * from {{ ref('fct_location_checks') }}
    where is_passed

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

us_bets as (

    select bets.*
    from bets
    inner join us_jurisdictions
        on bets.jurisdiction = us_jurisdictions.jurisdiction
    left join test_accounts
        on bets.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

),

-- A check holds for its session; none is longer than a day.
checks_matched as (

    select
        us_bets.bet_id,
        us_bets.customer_id,
        us_bets.jurisdiction,
        us_bets.currency_code,
        us_bets.stake_amount,
        us_bets.placed_at,
        us_bets.known_from as known_at,
        count(passed_checks.check_id) as passed_check_count
    from us_bets
    left join passed_checks
        on
            us_bets.customer_id = passed_checks.customer_id
            and us_bets.jurisdiction = passed_checks.jurisdiction
            and us_bets.placed_at > passed_checks.checked_at
            and us_bets.placed_at
            <= {{ dbt.dateadd('hour', 24, 'passed_checks.checked_at') }}
    group by
        us_bets.bet_id,
        us_bets.customer_id,
        us_bets.jurisdiction,
        us_bets.currency_code,
        us_bets.stake_amount,
        us_bets.placed_at,
        us_bets.known_from

),

unlocated_bets as (

    select
        bet_id,
        customer_id,
        jurisdiction,
        currency_code,
        stake_amount,
        placed_at,
        known_at
    from checks_matched
    where passed_check_count = 0

)

select * from unlocated_bets

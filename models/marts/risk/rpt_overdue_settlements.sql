{{ config(materialized='view') }}

with

overdue_bets as (

    select * from {{ ref('rpt_overdue_bets') }}

),

bets_in_buckets as (

    select
        *,
        case
            when overdue_hours < 1 then '1: under 1 hour'
            when overdue_hours < 24 then '2: under 1 day'
            when overdue_hours < 72 then '3: 1 to 3 days'
            else '4: over 3 days'
        end as overdue_bucket
    from overdue_bets

),

overdue_settlements as (

    select
        jurisdiction,
        currency_code,
        reason,
        overdue_bucket,
        cast(count(*) as bigint) as open_bet_count,
        cast(sum(open_stake_amount) as decimal(18, 2)) as open_stake_amount,
        min(expected_at) as first_expected_at
    from bets_in_buckets
    group by jurisdiction, currency_code, reason, overdue_bucket

)

select * from overdue_settlements

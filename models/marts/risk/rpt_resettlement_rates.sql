{{ config(materialized='view') }}

with

tracking as (

    select * from {{ ref('rpt_settlement_tracking') }}

),

causes_counted as (

    select
        jurisdiction,
        currency_code,
        sum(case
            when
                cause in (
                    'settlement', 'void', 'cancellation', 'duplicate', 'cash_out'
                )
                then entry_count
            else 0
        end) as settlement_count,
        sum(case when cause = 'resettlement' then entry_count else 0 end)
            as resettlement_count,
        sum(case when cause = 'rollback' then entry_count else 0 end) as rollback_count,
        sum(case
            when cause in ('correction', 'late_version') then entry_count else 0
        end) as correction_count,
        sum(case
            when cause in ('resettlement', 'rollback', 'correction', 'late_version')
                then payout_amount
            else 0
        end) as restated_payout_amount,
        known_at
    from tracking
    group by jurisdiction, currency_code, known_at

),

rates as (

    select
        jurisdiction,
        currency_code,
        cast(settlement_count as bigint) as settlement_count,
        cast(resettlement_count as bigint) as resettlement_count,
        cast(rollback_count as bigint) as rollback_count,
        cast(correction_count as bigint) as correction_count,
        cast(restated_payout_amount as decimal(18, 2)) as restated_payout_amount,
        case
            when settlement_count > 0 then cast(
                cast(resettlement_count + rollback_count as double precision)
                / settlement_count as decimal(9, 4)
            )
        end as resettlement_rate,
        known_at
    from causes_counted

)

select * from rates

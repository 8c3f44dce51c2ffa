{{ config(materialized='view') }}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

changes as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'gaming_date') }} as date)
            as effective_month_date
    from {{ ref('int_revenue_changes_dated') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

-- A filing of the month that knows all of its days closes it, under each licence from
-- its own midnight on.
closed_months as (

    select
        jurisdictions.jurisdiction,
        filings.filing_id,
        filings.period_start_date,
        filings.known_at
    from filings
    cross join jurisdictions
    where
        filings.report = 'monthly_revenue'
        and filings.is_standing
        and {{ local_date('filings.known_at', 'jurisdictions.time_zone') }}
        > filings.period_end_date

),

changes_with_their_booking as (

    select
        changes.*,
        closed_months.filing_id as closing_filing_id,
        case
            when changes.known_at > closed_months.known_at
                then cast({{ dbt.date_trunc(
                    'month',
                    local_date('changes.known_at', 'jurisdictions.time_zone')
                ) }} as date)
            else changes.effective_month_date
        end as booked_month_date
    from changes
    inner join jurisdictions
        on changes.jurisdiction = jurisdictions.jurisdiction
    left join closed_months
        on
            changes.jurisdiction = closed_months.jurisdiction
            and changes.effective_month_date = closed_months.period_start_date

),

adjustments as (

    select
        closing_filing_id,
        jurisdiction,
        currency_code,
        basis,
        cast(sum(bet_count) as bigint) as bet_count,
        {% for amount in [
            'handle_amount', 'settled_stake_amount', 'payout_amount', 'ggr_amount'
        ] %}
            cast(sum({{ amount }}) as decimal(18, 2)) as {{ amount }},
        {% endfor %}
        effective_month_date,
        booked_month_date,
        max(known_at) as known_at
    from changes_with_their_booking
    group by
        closing_filing_id, jurisdiction, currency_code, basis, effective_month_date,
        booked_month_date

)

select * from adjustments

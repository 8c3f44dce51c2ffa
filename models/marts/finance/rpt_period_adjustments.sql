{{ config(materialized='view') }}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

changes as (

    select * from {{ ref('fct_revenue_changes') }}

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

changes_by_basis as (

    {% for basis, gaming_date, earned in [
        ('placed', 'placed_date', 'settled_stake_amount'),
        ('settled', 'effective_date', 'settled_stake_amount'),
        ('cash', 'effective_date', 'handle_amount')
    ] %}
        select
            jurisdiction,
            currency_code,
            '{{ basis }}' as basis,
            bet_count,
            handle_amount,
            settled_stake_amount,
            payout_amount,
            {{ earned }} - payout_amount as ggr_amount,
            cast({{ dbt.date_trunc('month', gaming_date) }} as date)
                as effective_month_date,
            known_at
        from changes
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

changes_with_their_booking as (

    select
        changes_by_basis.*,
        closed_months.filing_id as closing_filing_id,
        case
            when changes_by_basis.known_at > closed_months.known_at
                then cast({{ dbt.date_trunc(
                    'month',
                    local_date('changes_by_basis.known_at', 'jurisdictions.time_zone')
                ) }} as date)
            else changes_by_basis.effective_month_date
        end as booked_month_date
    from changes_by_basis
    inner join jurisdictions
        on changes_by_basis.jurisdiction = jurisdictions.jurisdiction
    left join closed_months
        on
            changes_by_basis.jurisdiction = closed_months.jurisdiction
            and changes_by_basis.effective_month_date = closed_months.period_start_date

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

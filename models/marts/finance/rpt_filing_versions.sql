{#- Each report: which columns of its mart are filed. -#}
{%- set measures = {
    'revenue': [
        'bet_count', 'handle_amount', 'open_stake_amount', 'settled_stake_amount',
        'payout_amount', 'ggr_amount', 'reporting_handle_amount', 'reporting_ggr_amount'
    ],
    'tax_accruals': ['base_amount', 'taxable_amount', 'tax_amount']
} -%}
{{ config(materialized='view') }}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

revenue as (

    select
        filings.filing_id,
        versions.*,
        versions.basis as line_item
    from filings
    inner join {{ ref('rpt_revenue_versions') }} as versions
        on versions.gaming_date
        between filings.period_start_date and filings.period_end_date
    where filings.report in ('daily_revenue', 'monthly_revenue')

),

balances as (

    select * from {{ ref('int_balance_filings_versioned') }}

),

tax_accruals as (

    select
        filings.filing_id,
        versions.*,
        versions.tax_id as line_item
    from filings
    inner join {{ ref('rpt_tax_accruals') }} as versions
        on versions.period_start_date
        between filings.period_start_date and filings.period_end_date
    inner join {{ ref('taxes') }} as taxes
        on
            versions.tax_id = taxes.tax_id
            and versions.period_start_date >= taxes.valid_from
            and versions.period_start_date < taxes.valid_to
            and filings.period_kind = taxes.period
    where filings.report = 'tax_accruals'

),

filing_versions as (

    {% for report, names in measures.items() %}
        {% for measure in names %}
            select
                filing_id,
                jurisdiction,
                currency_code,
                line_item,
                '{{ measure }}' as measure,
                cast(coalesce(sum({{ measure }}), 0) as decimal(18, 2)) as amount,
                known_from,
                known_to
            from {{ report }}
            group by
                filing_id,
                jurisdiction,
                currency_code,
                line_item,
                known_from,
                known_to
            union all
        {% endfor %}
    {% endfor %}
    select * from balances

)

select * from filing_versions

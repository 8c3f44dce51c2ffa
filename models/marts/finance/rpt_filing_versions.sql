{#- Each report: which columns of its mart are filed. -#}
{%- set measures = {
    'revenue': [
        'bet_count', 'handle_amount', 'open_stake_amount', 'settled_stake_amount',
        'payout_amount', 'ggr_amount', 'reporting_handle_amount', 'reporting_ggr_amount'
    ],
    'tax_accruals': ['base_amount', 'taxable_amount', 'tax_amount']
} -%}
{%- set key = [
    'filing_id', 'jurisdiction', 'currency_code', 'line_item', 'known_from', 'known_to'
] -%}
{{ config(materialized='view') }}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

revenue_versions as (

    select * from {{ ref('rpt_revenue_versions') }}

),

tax_versions as (

    select * from {{ ref('rpt_tax_accruals') }}

),

balances as (

    select * from {{ ref('int_balance_filings_versioned') }}

),

revenue as (

    select
        filings.filing_id,
        revenue_versions.*,
        revenue_versions.basis as line_item
    from filings
    inner join revenue_versions
        on
            filings.period_start_date <= revenue_versions.gaming_date
            and filings.period_end_date >= revenue_versions.gaming_date
    where filings.report in ('daily_revenue', 'monthly_revenue')

),

tax_accruals as (

    select
        filings.filing_id,
        tax_versions.*,
        tax_versions.tax_id as line_item
    from filings
    inner join tax_versions
        on
            filings.period_start_date <= tax_versions.period_start_date
            and filings.period_end_date >= tax_versions.period_start_date
    inner join {{ ref('taxes') }} as taxes
        on
            tax_versions.tax_id = taxes.tax_id
            and tax_versions.period_start_date >= taxes.valid_from
            and tax_versions.period_start_date < taxes.valid_to
            and filings.period_kind = taxes.period
    where filings.report = 'tax_accruals'

),

figures as (

    {% for report, names in measures.items() %}
        {{ figures_of(report, key, names) }}
        union all
    {% endfor %}
    select
        {{ key | join(', ') }},
        measure,
        amount
    from balances

),

filing_versions as (

    select
        filing_id,
        jurisdiction,
        currency_code,
        line_item,
        measure,
        amount,
        known_from,
        known_to
    from figures

)

select * from filing_versions

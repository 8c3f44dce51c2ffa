{{ config(materialized='view') }}
{%- set key = [
    'filing_id', 'jurisdiction', 'currency_code', 'line_item', 'cause', 'known_at'
] %}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

revenue_changes as (

    select * from {{ ref('int_revenue_filings_changed') }}

),

balance_changes as (

    select * from {{ ref('int_balance_filings_changed') }}

),

tax_changes as (

    select
        filings.filing_id,
        accruals.*,
        accruals.tax_id as line_item
    from filings
    inner join {{ ref('int_tax_accruals_caused') }} as accruals
        on
            filings.period_start_date <= accruals.period_start_date
            and filings.period_end_date >= accruals.period_start_date
            and filings.known_at < accruals.known_at
    inner join {{ ref('taxes') }} as taxes
        on
            accruals.tax_id = taxes.tax_id
            and accruals.period_start_date >= taxes.valid_from
            and accruals.period_start_date < taxes.valid_to
            and filings.period_kind = taxes.period
    where filings.report = 'tax_accruals'

),

causes as (

    select * from {{ ref('restatement_causes') }}

),

all_changes as (

    select * from revenue_changes
    union all
    select * from balance_changes
    union all
    {{ figures_of('tax_changes', key, [
        'base_amount', 'taxable_amount', 'tax_amount'
    ]) }}

),

changes as (

    select
        all_changes.filing_id,
        all_changes.jurisdiction,
        all_changes.currency_code,
        all_changes.line_item,
        all_changes.measure,
        causes.restatement_cause as cause,
        cast(sum(all_changes.amount) as decimal(18, 2)) as amount,
        all_changes.known_at
    from all_changes
    inner join causes
        on all_changes.cause = causes.cause
    group by
        all_changes.filing_id,
        all_changes.jurisdiction,
        all_changes.currency_code,
        all_changes.line_item,
        all_changes.measure,
        causes.restatement_cause,
        all_changes.known_at

)

select * from changes
where amount <> 0

{{ config(materialized='view') }}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

lines as (

    select * from {{ ref('stg_filings__lines') }}

),

filed_figures as (

    select
        filings.filing_id,
        filings.superseded_by_filing_id,
        filings.report,
        filings.period,
        lines.jurisdiction,
        lines.currency_code,
        lines.line_item,
        lines.measure,
        filings.code_revision,
        filings.content_hash,
        filings.filed_by,
        filings.reason,
        lines.amount,
        filings.is_standing,
        filings.period_start_date,
        filings.period_end_date,
        filings.known_at,
        filings.filed_at
    from filings
    inner join lines
        on filings.filing_id = lines.filing_id

)

select * from filed_figures

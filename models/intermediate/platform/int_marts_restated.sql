with

filing_changes as (

    select * from {{ ref('fct_filing_changes') }}

),

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

reports as (

    select * from {{ ref('reports') }}

),

marts_restated as (

    select
        reports.mart_name,
        max(filing_changes.known_at) as restated_at
    from filing_changes
    inner join filings
        on filing_changes.filing_id = filings.filing_id
    inner join reports
        on filings.report = reports.report
    group by reports.mart_name

)

select * from marts_restated

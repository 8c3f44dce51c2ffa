with

filings as (

    select * from {{ source('filings', 'filings') }}

),

-- A filing stands until another one takes its place.
filings_with_their_state as (

    select
        filings.filing_id,
        filings.supersedes_filing_id,
        later_filings.filing_id as superseded_by_filing_id,
        filings.report,
        filings.period,
        filings.period_kind,
        filings.parameters,
        filings.code_revision,
        filings.content_hash,
        filings.filed_by,
        filings.reason,
        filings.line_count,
        later_filings.filing_id is null as is_standing,
        filings.period_start_date,
        filings.period_end_date,
        filings.known_at,
        filings.filed_at
    from filings
    left join filings as later_filings
        on filings.filing_id = later_filings.supersedes_filing_id

)

select * from filings_with_their_state

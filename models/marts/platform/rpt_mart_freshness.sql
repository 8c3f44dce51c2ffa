with

marts as (

    {{ mart_sources() }}

),

files as (

    select * from {{ ref('stg_ingestion__files') }}

),

snapshot_windows as (

    select * from {{ ref('stg_ingestion__snapshot_windows') }}

),

filing_changes as (

    select * from {{ ref('fct_filing_changes') }}

),

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

reports as (

    select * from {{ ref('reports') }}

),

builds as (

    select * from {{ ref('stg_ingestion__builds') }}

),

failed_checks as (

    select * from {{ ref('stg_ingestion__failed_checks') }}

),

-- A mart says what the last build took in; what was loaded since waits.
data_as_of as (

    select max(known_after) as known_at from snapshot_windows

),

relations_summed as (

    select
        files.source_name || '.' || files.source_table as source_relation,
        sum(files.rows_in - files.rows_duplicate) as rows_stated,
        sum(files.rows_loaded) as rows_loaded,
        sum(files.rows_quarantined) as rows_quarantined,
        sum(case when files.known_at > data_as_of.known_at then 1 else 0 end)
            as waiting_file_count,
        max(files.known_at) as delivered_at
    from files
    cross join data_as_of
    group by files.source_name, files.source_table

),

marts_summed as (

    select
        marts.mart_schema,
        marts.mart_name,
        coalesce(sum(relations_summed.rows_stated), 0) as rows_stated,
        coalesce(sum(relations_summed.rows_loaded), 0) as rows_loaded,
        coalesce(sum(relations_summed.rows_quarantined), 0) as rows_quarantined,
        coalesce(sum(relations_summed.waiting_file_count), 0) as waiting_file_count,
        min(relations_summed.delivered_at) as oldest_delivery_at
    from marts
    left join relations_summed
        on
            strpos(
                marts.source_relations, ',' || relations_summed.source_relation || ','
            ) > 0
    group by marts.mart_schema, marts.mart_name

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

),

last_check as (

    select max(checked_at) as checked_at from builds

),

marts_checked as (

    select
        mart_schema,
        mart_name,
        sum(case when passed_at is null then 1 else 0 end) as failed_check_count,
        max(last_failed_at) as last_failed_at
    from failed_checks
    group by mart_schema, mart_name

),

freshness as (

    select
        marts_summed.mart_schema,
        marts_summed.mart_name,
        cast(marts_summed.rows_stated as bigint) as rows_stated,
        cast(marts_summed.rows_quarantined as bigint) as rows_quarantined,
        cast(marts_summed.waiting_file_count as bigint) as waiting_file_count,
        cast(coalesce(marts_checked.failed_check_count, 0) as bigint)
            as failed_check_count,
        cast(
            round(
                cast(marts_summed.rows_loaded as double precision)
                / nullif(cast(marts_summed.rows_stated as double precision), 0), 6
            ) as decimal(9, 6)
        ) as completeness,
        marts_summed.oldest_delivery_at,
        data_as_of.known_at as data_as_of,
        marts_restated.restated_at,
        last_check.checked_at,
        marts_checked.last_failed_at
    from marts_summed
    cross join data_as_of
    cross join last_check
    left join marts_checked
        on
            marts_summed.mart_schema = marts_checked.mart_schema
            and marts_summed.mart_name = marts_checked.mart_name
    left join marts_restated
        on marts_summed.mart_name = marts_restated.mart_name

)

select * from freshness

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

marts_restated as (

    select * from {{ ref('int_marts_restated') }}

),

builds as (

    select * from {{ ref('stg_ingestion__builds') }}

),

marts_checked as (

    select * from {{ ref('int_marts_checked') }}

),

-- A mart says what the last build took in; what was loaded since waits.
data_as_of as (

    select
        max(known_after) as known_at,
        (select max(builds.checked_at) from builds) as checked_at
    from snapshot_windows

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
        data_as_of.checked_at,
        marts_checked.last_failed_at
    from marts_summed
    cross join data_as_of
    left join marts_checked
        on
            marts_summed.mart_schema = marts_checked.mart_schema
            and marts_summed.mart_name = marts_checked.mart_name
    left join marts_restated
        on marts_summed.mart_name = marts_restated.mart_name

)

select * from freshness

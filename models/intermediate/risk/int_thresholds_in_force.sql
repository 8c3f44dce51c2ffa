{{ config(materialized='table') }}

with

thresholds as (

    select * from {{ ref('risk_thresholds') }}

),

files as (

    select * from {{ ref('stg_ingestion__files') }}

),

-- Of the last load, not of the clock: same loads, same signals.
last_load as (

    select coalesce(max(known_at), {{ start_of_time() }}) as known_at from files

),

thresholds_in_force as (

    select
        thresholds.rule_name,
        thresholds.threshold,
        thresholds.value
    from thresholds
    inner join last_load
        on
            thresholds.valid_from <= last_load.known_at
            and thresholds.valid_to > last_load.known_at

)

select * from thresholds_in_force

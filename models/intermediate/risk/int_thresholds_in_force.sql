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

    select max(known_at) as known_at from files

),

thresholds_in_force as (

    select
        thresholds.rule,
        thresholds.threshold,
        thresholds.value
    from thresholds
    inner join last_load
        on
            coalesce(last_load.known_at, {{ start_of_time() }}) >= thresholds.valid_from
            and coalesce(last_load.known_at, {{ start_of_time() }}) < thresholds.valid_to

)

select * from thresholds_in_force

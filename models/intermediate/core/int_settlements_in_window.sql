{{ config(materialized='table') }}

-- A table, so that the engine knows how little the snapshot has to look up.
with

settlements as (

    select * from {{ ref('stg_betting__settlements') }}

),

snapshot_window as (

    select * from {{ ref('stg_ingestion__snapshot_windows') }}

),

-- As known at the end of the window; it holds one revision of a key at most.
settlements_in_window as (

    select
        settlements.bet_key,
        settlements.bet_id,
        settlements.settlement_id,
        settlements.settlement_status,
        settlements.reason_code,
        settlements.settlement_version,
        settlements.settled_stake_amount,
        settlements.payout_amount,
        settlements.settled_at,
        settlements.recorded_at,
        settlements.known_from as known_at
    from settlements
    cross join snapshot_window
    where
        settlements.known_from > snapshot_window.known_after
        and settlements.known_from <= snapshot_window.known_until
        and settlements.known_to > snapshot_window.known_until

)

select * from settlements_in_window

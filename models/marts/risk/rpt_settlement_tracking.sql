{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

with

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}
    {% if is_incremental() %}
        where known_at > {{ posted_until(this) }}
    {% endif %}

),

settlements_by_load as (

    select
        jurisdiction,
        currency_code,
        cause,
        settlement_status,
        count(*) as entry_count,
        cast(sum(settled_stake_amount) as decimal(18, 2)) as settled_stake_amount,
        cast(sum(payout_amount) as decimal(18, 2)) as payout_amount,
        min(effective_date) as first_effective_date,
        max(effective_date) as last_effective_date,
        known_at
    from entries
    where settlement_version > 0
    group by jurisdiction, currency_code, cause, settlement_status, known_at

)

select * from settlements_by_load

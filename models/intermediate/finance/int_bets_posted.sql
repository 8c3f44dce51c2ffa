{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

with

bets as (

    select * from {{ ref('int_bets_versioned') }}
    where
        known_from = first_known_at
        {% if var('recompute') %}
            and bet_key in (select recomputed_bets.bet_key from recomputed_bets)
        {% elif is_incremental() %}
            and first_known_at > {{ posted_until(this) }}
        {% endif %}

),

placements as (

    select
        bet_key,
        bet_id,
        customer_id,
        jurisdiction,
        currency_code,
        channel,
        'placement' as cause,
        cast(null as {{ dbt.type_string() }}) as settlement_status,
        0 as settlement_version,
        1 as bet_count,
        stake_amount as handle_amount,
        cast(0 as decimal(18, 2)) as settled_stake_amount,
        cast(0 as decimal(18, 2)) as payout_amount,
        bonus_stake_amount as bonus_handle_amount,
        cast(0 as decimal(18, 2)) as bonus_settled_stake_amount,
        cast(0 as decimal(18, 2)) as bonus_payout_amount,
        is_in_play,
        placed_date,
        placed_date as effective_date,
        known_from as known_at
    from bets

)

select * from placements

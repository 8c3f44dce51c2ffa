{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

with

changed_bets as (

    select * from {{ ref('int_bets_changed') }}

),

{% if var('recompute') or is_incremental() %}
    touched_bets as (

        {% if var('recompute') %}
            select recomputed_bets.bet_key from recomputed_bets
        {% else %}
            select bet_key from changed_bets
            where known_at > {{ posted_until(this) }}
            group by bet_key
        {% endif %}

    ),
{% endif %}

bets as (

    select * from {{ ref('int_bets_versioned') }}
    {% if var('recompute') or is_incremental() %}
        where bet_key in (select touched_bets.bet_key from touched_bets)
    {% endif %}

),

-- Version 1 has no predecessor: when it appears, it adds its whole position. What later
-- versions, corrections and test accounts change is posted by int_bets_restated.
first_versions as (

    select * from {{ ref('stg_betting__settlements') }}
    where
        settlement_version = 1
        {% if var('recompute') or is_incremental() %}
            and bet_key in (select touched_bets.bet_key from touched_bets)
        {% endif %}

),

-- A settlement that arrives before its bet waits for it.
first_versions_with_their_bet as (

    select
        bets.bet_key,
        bets.bet_id,
        bets.customer_id,
        bets.jurisdiction,
        bets.currency_code,
        bets.channel,
        bets.time_zone,
        first_versions.settlement_status,
        first_versions.reason_code,
        bets.stake_amount,
        bets.bonus_stake_amount,
        first_versions.settled_stake_amount,
        first_versions.payout_amount,
        bets.is_in_play,
        bets.placed_date,
        first_versions.settled_at,
        bets.known_from,
        bets.known_to,
        first_versions.known_from as settlement_known_from,
        first_versions.known_to as settlement_known_to,
        greatest(first_versions.first_known_at, bets.first_known_at) as known_at
    from first_versions
    inner join bets on first_versions.bet_key = bets.bet_key

),

settlements as (

    select
        bet_key,
        bet_id,
        customer_id,
        jurisdiction,
        currency_code,
        channel,
        {{ settlement_cause('settlement_status', 'false', 'reason_code') }} as cause,
        settlement_status,
        1 as settlement_version,
        0 as bet_count,
        cast(0 as decimal(18, 2)) as handle_amount,
        settled_stake_amount,
        payout_amount,
        cast(0 as decimal(18, 2)) as bonus_handle_amount,
        {{ prorated_amount(
            'settled_stake_amount', 'bonus_stake_amount', 'stake_amount'
        ) }} as bonus_settled_stake_amount,
        {{ prorated_amount(
            'payout_amount', 'bonus_stake_amount', 'stake_amount'
        ) }} as bonus_payout_amount,
        is_in_play,
        placed_date,
        {{ local_date('settled_at', 'time_zone') }} as effective_date,
        known_at
    from first_versions_with_their_bet
    where
        known_at >= known_from
        and known_at < known_to
        and known_at >= settlement_known_from
        and known_at < settlement_known_to
        {% if is_incremental() %}
            and known_at > {{ posted_until(this) }}
        {% endif %}

)

select * from settlements

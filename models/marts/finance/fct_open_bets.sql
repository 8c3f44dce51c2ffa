{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='bet_key',
    on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where open_stake_amount is null",
) }}

with

changed_bets as (

    select * from {{ ref('int_bets_changed') }}

),

{% if is_incremental() %}
    touched_bets as (

        select bet_key from changed_bets
        where known_at > {{ posted_until(this) }}
        union
        -- Nothing became known of these; a backfill posted what other rules make.
        select bet_key from {{ ref('int_bets_restated') }}
        where
            cause = 'code_change'
            and known_at > {{ posted_until(this) }}

    ),
{% endif %}

bets as (

    select * from {{ ref('int_bets_versioned') }}
    where
        known_to >= {{ end_of_time() }}
        {% if is_incremental() %}
            and bet_key in (select touched_bets.bet_key from touched_bets)
        {% endif %}

),

settlements as (

    select * from {{ ref('int_settlements_posted') }}
    {% if is_incremental() %}
        where bet_key in (select touched_bets.bet_key from touched_bets)
    {% endif %}

),

restatements_summed as (

    select
        bet_key,
        sum(settled_stake_amount) as settled_stake_amount,
        sum(bonus_settled_stake_amount) as bonus_settled_stake_amount,
        max(known_at) as known_at
    from {{ ref('int_bets_restated') }}
    {% if is_incremental() %}
        where bet_key in (select touched_bets.bet_key from touched_bets)
    {% endif %}
    group by bet_key

),

bets_with_open_stake as (

    select
        bets.*,
        bets.stake_amount
        - coalesce(settlements.settled_stake_amount, 0)
        - coalesce(restatements_summed.settled_stake_amount, 0) as open_stake_amount,
        bets.bonus_stake_amount
        - coalesce(settlements.bonus_settled_stake_amount, 0)
        - coalesce(restatements_summed.bonus_settled_stake_amount, 0)
            as bonus_open_stake_amount,
        greatest(
            bets.known_from,
            coalesce(settlements.known_at, bets.known_from),
            coalesce(restatements_summed.known_at, bets.known_from)
        ) as known_at
    from bets
    left join settlements
        on bets.bet_key = settlements.bet_key
    left join restatements_summed
        on bets.bet_key = restatements_summed.bet_key

),

open_bets as (

    select
        bet_key,
        bet_id,
        customer_id,
        jurisdiction,
        currency_code,
        channel,
        bet_type,
        line_count,
        stake_amount,
        cast(open_stake_amount as decimal(18, 2)) as open_stake_amount,
        cast(bonus_open_stake_amount as decimal(18, 2)) as bonus_open_stake_amount,
        {{ prorated_amount(
            'potential_payout_amount', 'open_stake_amount', 'stake_amount'
        ) }} as potential_payout_amount,
        is_in_play,
        placed_date,
        placed_at,
        known_at
    from bets_with_open_stake
    where open_stake_amount > 0

)

{% if is_incremental() %}
    -- Bets that are no longer open come without figures; the post-hook removes them.
    select
        touched_bets.bet_key,
        open_bets.bet_id,
        open_bets.customer_id,
        open_bets.jurisdiction,
        open_bets.currency_code,
        open_bets.channel,
        open_bets.bet_type,
        open_bets.line_count,
        open_bets.stake_amount,
        open_bets.open_stake_amount,
        open_bets.bonus_open_stake_amount,
        open_bets.potential_payout_amount,
        open_bets.is_in_play,
        open_bets.placed_date,
        open_bets.placed_at,
        open_bets.known_at
    from touched_bets
    left join open_bets
        on touched_bets.bet_key = open_bets.bet_key
{% else %}
    select * from open_bets
{% endif %}

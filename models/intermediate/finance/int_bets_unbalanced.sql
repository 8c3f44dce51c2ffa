{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='bet_key',
    on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where bet_id is null",
) }}

-- depends_on: {{ ref('int_bets_changed') }}
with

{% if is_incremental() %}
    touched_bets as (

        select bet_key from {{ ref('int_bets_changed') }}
        where known_at > {{ posted_until(this) }}
        union
        -- Nothing became known of these; a backfill posted what other rules make.
        select bet_key from {{ ref('int_bets_restated') }}
        where cause = 'code_change' and known_at > {{ posted_until(this) }}

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

-- By few columns, for this is all of history when it is built anew.
positions as (

    select
        {{ 'touched_bets' if is_incremental() else 'bets' }}.bet_key,
        {% for bonus in ['', 'bonus_'] %}
            {%- set settled = bonus ~ 'settled_stake_amount' %}
            cast(
                bets.{{ bonus ~ 'stake_amount' }}
                - coalesce(settlements.{{ settled }}, 0)
                - coalesce(restatements_summed.{{ settled }}, 0) as decimal(18, 2)
            ) as {{ bonus }}open_stake_amount,
        {% endfor %}
        greatest(bets.known_from, settlements.known_at, restatements_summed.known_at)
            as known_at
    {% if is_incremental() %}
        from touched_bets
        left join bets on touched_bets.bet_key = bets.bet_key
    {% else %}
        from bets
    {% endif %}
    left join settlements on bets.bet_key = settlements.bet_key
    left join restatements_summed on bets.bet_key = restatements_summed.bet_key

),

-- In a later run, touched bets that balance come with their key alone; the post-hook
-- removes them.
unbalanced_bets as (

    select
        positions.bet_key,
        bets_now.bet_id,
        bets_now.customer_id,
        bets_now.jurisdiction,
        bets_now.currency_code,
        bets_now.channel,
        bets_now.bet_type,
        bets_now.line_count,
        bets_now.stake_amount,
        positions.open_stake_amount,
        positions.bonus_open_stake_amount,
        {{ prorated_amount(
            'bets_now.potential_payout_amount',
            'greatest(positions.open_stake_amount, 0)', 'bets_now.stake_amount'
        ) }} as potential_payout_amount,
        bets_now.is_in_play,
        bets_now.placed_date,
        bets_now.placed_at,
        positions.known_at
    from positions
    {{ 'left' if is_incremental() else 'inner' }} join
        {{ ref('int_bets_versioned') }} as bets_now
        on
            positions.bet_key = bets_now.bet_key
            and positions.open_stake_amount <> 0
            and bets_now.known_to >= {{ end_of_time() }}

)

select * from unbalanced_bets

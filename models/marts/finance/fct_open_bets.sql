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

-- In a later run, touched bets that are no longer open come with their key alone; the
-- post-hook removes them.
open_bets as (

    select
        positions.bet_key,
        open_bets.bet_id,
        open_bets.customer_id,
        open_bets.jurisdiction,
        open_bets.currency_code,
        open_bets.channel,
        open_bets.bet_type,
        open_bets.line_count,
        open_bets.stake_amount,
        positions.open_stake_amount,
        positions.bonus_open_stake_amount,
        {{ prorated_amount(
            'open_bets.potential_payout_amount', 'positions.open_stake_amount',
            'open_bets.stake_amount'
        ) }} as potential_payout_amount,
        open_bets.is_in_play,
        open_bets.placed_date,
        open_bets.placed_at,
        positions.known_at
    from positions
    {{ 'left' if is_incremental() else 'inner' }} join
        {{ ref('int_bets_versioned') }} as open_bets
        on
            positions.bet_key = open_bets.bet_key
            and positions.open_stake_amount > 0
            and open_bets.known_to >= {{ end_of_time() }}

)

select * from open_bets

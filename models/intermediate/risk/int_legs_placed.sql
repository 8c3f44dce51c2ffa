{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='bet_key',
    on_schema_change='append_new_columns',
) }}

with

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where
        known_to >= {{ end_of_time() }}
        {% if is_incremental() %}
            and known_from > {{ posted_until(this) }}
        {% endif %}

),

legs as (

    select * from {{ ref('stg_betting__bet_legs') }}
    {% if is_incremental() %}
        where bet_key in (select bets.bet_key from bets)
    {% endif %}

),

legs_placed as (

    select
        bets.bet_key,
        bets.customer_id,
        legs.event_id,
        legs.market_id,
        legs.selection_id,
        bets.currency_code,
        bets.bet_type,
        legs.leg_no,
        legs.decimal_odds,
        bets.stake_amount,
        legs.is_in_play,
        bets.placed_at,
        bets.known_from as known_at
    from bets
    inner join legs
        on
            bets.bet_key = legs.bet_key
            and bets.revision = legs.revision

)

select * from legs_placed

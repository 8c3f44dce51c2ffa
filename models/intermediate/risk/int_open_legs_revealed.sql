{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    incremental_strategy='delete+insert',
    unique_key='bet_key',
    post_hook="delete from {{ this }} where bet_key not in (
        select open_bets.bet_key from {{ ref('fct_open_bets') }} as open_bets
    )",
) }}

with

open_bets as (

    select * from {{ ref('fct_open_bets') }}
    {% if is_incremental() %}
        where known_at > {{ posted_until(this) }}
    {% endif %}

),

bets as (

    select
        bet_key,
        revision
    from {{ ref('stg_betting__bets') }}
    where known_to >= {{ end_of_time() }}

),

legs as (

    select * from {{ ref('stg_betting__bet_legs') }}
    where bet_key in (select open_bets.bet_key from open_bets)

),

legs_of_open_bets as (

    select
        open_bets.bet_key,
        legs.event_id,
        legs.market_id,
        legs.selection_id,
        legs.leg_no,
        legs.decimal_odds,
        open_bets.known_at
    from open_bets
    inner join bets
        on open_bets.bet_key = bets.bet_key
    inner join legs
        on
            bets.bet_key = legs.bet_key
            and bets.revision = legs.revision

)

select * from legs_of_open_bets

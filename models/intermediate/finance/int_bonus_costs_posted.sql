{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

-- The bonus money that settled bets have used up. A refund gives it back, so what a bet
-- cost depends on its last result; as in int_bets_restated, the whole statement of a
-- bet is set against the one before whenever it changed.
with

changed_bets as (

    select * from {{ ref('int_bets_changed') }}

),

bets as (

    select * from {{ ref('int_bets_versioned') }}
    where
        bonus_stake_amount > 0
        {% if var('recompute') %}
            and bet_key in (select recomputed_bets.bet_key from recomputed_bets)
        {% elif is_incremental() %}
            and bet_key in (
                select changed_bets.bet_key from changed_bets
                where changed_bets.known_at > {{ posted_until(this) }}
            )
        {% endif %}

),

settlements as (

    select * from {{ ref('stg_betting__settlements') }}
    where bet_key in (select bets.bet_key from bets)

),

moments as (

    select
        bet_key,
        known_from as known_at
    from bets
    union
    select
        bet_key,
        known_to as known_at
    from bets
    where known_to < {{ end_of_time() }}
    union
    select
        bet_key,
        known_from as known_at
    from settlements

),

moments_with_the_next as (

    select
        bet_key,
        known_at,
        lead(known_at) over (
            partition by bet_key order by known_at nulls last
        ) as next_known_at
    from moments

),

statements as (

    select
        bets.bet_key,
        bets.jurisdiction,
        bets.currency_code,
        bets.channel,
        settlements.settlement_version,
        bets.is_in_play,
        bets.placed_date,
        {{ local_date('settlements.settled_at', 'bets.time_zone') }} as effective_date,
        moments_with_the_next.known_at,
        moments_with_the_next.next_known_at,
        case
            when settlements.settlement_status in ('void', 'push', 'cancelled') then 0
            else {{ prorated_amount(
                'settlements.settled_stake_amount',
                'bets.bonus_stake_amount',
                'bets.stake_amount'
            ) }}
        end as bonus_cost_amount
    from moments_with_the_next
    inner join bets
        on
            moments_with_the_next.bet_key = bets.bet_key
            and moments_with_the_next.known_at >= bets.known_from
            and moments_with_the_next.known_at < bets.known_to
    inner join settlements
        on
            moments_with_the_next.bet_key = settlements.bet_key
            and moments_with_the_next.known_at >= settlements.known_from
            and moments_with_the_next.known_at < settlements.known_to

),

steps as (

    select
        *,
        bonus_cost_amount - coalesce(
            lag(bonus_cost_amount) over (
                partition by bet_key, known_at order by settlement_version nulls last
            ), 0
        ) as bonus_cost_step
    from statements

),

signed_steps as (

    select
        *,
        bonus_cost_step as posted_amount,
        known_at as posted_at
    from steps
    union all
    select
        *,
        -bonus_cost_step as posted_amount,
        next_known_at as posted_at
    from steps
    where next_known_at is not null

),

bonus_costs as (

    select
        bet_key,
        jurisdiction,
        currency_code,
        channel,
        'bonus_cost' as cause,
        cast(sum(posted_amount) as decimal(18, 2)) as bonus_cost_amount,
        is_in_play,
        placed_date,
        effective_date,
        posted_at as known_at
    from signed_steps
    {% if is_incremental() %}
        where posted_at > {{ posted_until(this) }}
    {% endif %}
    group by
        bet_key, jurisdiction, currency_code, channel, is_in_play, placed_date,
        effective_date, posted_at
    having sum(posted_amount) <> 0

)

select * from bonus_costs

{{ config(materialized='table') }}

with

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where known_to = {{ end_of_time() }}

),

bets_summed_to_customers as (

    select
        customer_id,
        currency_code,
        sum(case when bonus_stake_amount > 0 then 1 else 0 end) as bonus_bet_count,
        sum(bonus_stake_amount) as bonus_stake_amount,
        sum(stake_amount) as stake_amount,
        min(placed_at) as first_at,
        max(placed_at) as last_at
    from bets
    group by customer_id, currency_code

),

living_on_bonus as (

    select
        customer_id,
        currency_code,
        bonus_bet_count as evidence_count,
        cast(cast(
            round(100 * bonus_stake_amount / stake_amount) as integer
        ) as varchar(18)) || ' % of stakes from bonuses, in '
        || cast(bonus_bet_count as varchar(18)) || ' bets' as evidence,
        first_at,
        last_at
    from bets_summed_to_customers
    where
        bonus_bet_count >= {{ risk_threshold('bonus_abuse', 'bets') }}
        and bonus_stake_amount
        >= stake_amount * {{ risk_threshold('bonus_abuse', 'share') }}

)

select * from living_on_bonus

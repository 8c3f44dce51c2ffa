{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_days_played') }}
    where bet_count > 0

),

days_summed_to_customers as (

    select
        customer_id,
        currency_code,
        sum(bonus_bet_count) as bonus_bet_count,
        sum(bonus_stake_amount) as bonus_stake_amount,
        sum(stake_amount) as stake_amount,
        min(placed_day) as first_day,
        max(placed_day) as last_day
    from days
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
        cast(first_day as timestamp) as first_at,
        cast(last_day as timestamp) as last_at
    from days_summed_to_customers
    where
        bonus_bet_count >= {{ risk_threshold('bonus_abuse', 'bets') }}
        and bonus_stake_amount
        >= stake_amount * {{ risk_threshold('bonus_abuse', 'share') }}

)

select * from living_on_bonus

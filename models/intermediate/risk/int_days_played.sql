{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['customer_id', 'currency_code', 'placed_day'],
    on_schema_change='append_new_columns',
) }}

with

-- What a bet adds when it is known, and takes back when another revision replaces it:
-- a day's sums change by that, and its other bets are not read again.
changes as (

    {% for sign, changed_at in [(1, 'known_from'), (-1, 'known_to')] %}
        select
            customer_id,
            currency_code,
            cast(placed_at as date) as placed_day,
            {{ sign }} as bet_count,
            case when bonus_stake_amount > 0 then {{ sign }} else 0 end
                as bonus_bet_count,
            {{ sign }} * stake_amount as stake_amount,
            {{ sign }} * bonus_stake_amount as bonus_stake_amount,
            {{ changed_at }} as known_at
        from {{ ref('stg_betting__bets') }}
        where
            {{ changed_at }} < {{ end_of_time() }}
            {% if is_incremental() %}
                and {{ changed_at }} > {{ posted_until(this) }}
            {% endif %}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

{% if is_incremental() %}
    touched_days as (

        select distinct
            customer_id,
            currency_code,
            placed_day
        from changes

    ),
{% endif %}

days_and_changes as (

    select * from changes
    {% if is_incremental() %}
        union all
        select played_days.*
        from {{ this }} as played_days
        inner join touched_days
            on
                played_days.customer_id = touched_days.customer_id
                and played_days.currency_code = touched_days.currency_code
                and played_days.placed_day = touched_days.placed_day
    {% endif %}

),

days_played as (

    select
        customer_id,
        currency_code,
        placed_day,
        cast(sum(bet_count) as bigint) as bet_count,
        cast(sum(bonus_bet_count) as bigint) as bonus_bet_count,
        cast(sum(stake_amount) as decimal(18, 2)) as stake_amount,
        cast(sum(bonus_stake_amount) as decimal(18, 2)) as bonus_stake_amount,
        max(known_at) as known_at
    from days_and_changes
    group by customer_id, currency_code, placed_day

)

select * from days_played

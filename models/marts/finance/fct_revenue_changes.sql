{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}
{%- set amounts = [
    'handle_amount', 'settled_stake_amount', 'payout_amount', 'bonus_handle_amount',
    'bonus_settled_stake_amount', 'bonus_payout_amount'
] %}

with

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}
    {% if is_incremental() %}
        where known_at > {{ posted_until(this) }}
    {% endif %}

),

bonus_costs as (

    select * from {{ ref('int_bonus_costs_posted') }}
    {% if is_incremental() %}
        where known_at > {{ posted_until(this) }}
    {% endif %}

),

changes as (

    select
        jurisdiction,
        currency_code,
        channel,
        cause,
        bet_count,
        {{ amounts | join(', ') }},
        0 as bonus_cost_amount,
        is_in_play,
        placed_date,
        effective_date,
        known_at
    from entries
    union all
    select
        jurisdiction,
        currency_code,
        channel,
        coalesce(cause, 'bonus_cost') as cause,
        0 as bet_count,
        {% for amount in amounts %}
            0 as {{ amount }},
        {% endfor %}
        bonus_cost_amount,
        is_in_play,
        placed_date,
        effective_date,
        known_at
    from bonus_costs

),

changes_summed_to_products as (

    select
        jurisdiction,
        currency_code,
        case when is_in_play then 'in_play' else 'pre_match' end as product,
        channel,
        cause,
        {{ code_revision() }} as code_revision,
        cast(sum(bet_count) as bigint) as bet_count,
        {% for amount in amounts + ['bonus_cost_amount'] %}
            cast(sum({{ amount }}) as decimal(18, 2)) as {{ amount }},
        {% endfor %}
        placed_date,
        effective_date,
        known_at
    from changes
    group by
        jurisdiction, currency_code, is_in_play, channel, cause, placed_date,
        effective_date, known_at

)

select * from changes_summed_to_products

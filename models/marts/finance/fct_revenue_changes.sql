{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

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
        handle_amount,
        settled_stake_amount,
        payout_amount,
        bonus_handle_amount,
        bonus_settled_stake_amount,
        bonus_payout_amount,
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
        0 as handle_amount,
        0 as settled_stake_amount,
        0 as payout_amount,
        0 as bonus_handle_amount,
        0 as bonus_settled_stake_amount,
        0 as bonus_payout_amount,
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
        cast(sum(handle_amount) as decimal(18, 2)) as handle_amount,
        cast(sum(settled_stake_amount) as decimal(18, 2)) as settled_stake_amount,
        cast(sum(payout_amount) as decimal(18, 2)) as payout_amount,
        cast(sum(bonus_handle_amount) as decimal(18, 2)) as bonus_handle_amount,
        cast(sum(bonus_settled_stake_amount) as decimal(18, 2))
            as bonus_settled_stake_amount,
        cast(sum(bonus_payout_amount) as decimal(18, 2)) as bonus_payout_amount,
        cast(sum(bonus_cost_amount) as decimal(18, 2)) as bonus_cost_amount,
        placed_date,
        effective_date,
        known_at
    from changes
    group by
        jurisdiction,
        currency_code,
        is_in_play,
        channel,
        cause,
        placed_date,
        effective_date,
        known_at

)

select * from changes_summed_to_products

{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='bet_key',
    on_schema_change='append_new_columns',
) }}

with

touched_bets as (

    select * from {{ ref('int_bets_touched') }}

),

settlements as (

    select * from {{ ref('stg_betting__settlements') }}
    where
        known_to = {{ end_of_time() }}
        {% if is_incremental() %}
            and bet_key in (select touched_bets.bet_key from touched_bets)
        {% endif %}

),

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where
        known_to = {{ end_of_time() }}
        {% if is_incremental() %}
            and bet_key in (select touched_bets.bet_key from touched_bets)
        {% endif %}

),

payout_limits as (

    select * from {{ ref('risk_thresholds') }}
    where threshold = 'most_unit_return'

),

-- Cash-outs and cancellations are paid by other rules than the result of the bet.
settlements_summed_to_bets as (

    select
        bet_key,
        max(settlement_version) as settlement_version,
        max(case
            when
                settlement_status
                in ('cashed_out', 'partially_cashed_out', 'cancelled')
                then 1
            else 0
        end) as exception_count,
        max(known_from) as known_at
    from settlements
    group by bet_key

),

positions as (

    select
        settlements.bet_key,
        settlements.settlement_status,
        bets.line_count,
        settlements.settlement_version,
        settlements.settled_stake_amount,
        {{ prorated_amount(
            'bets.bonus_stake_amount',
            'settlements.settled_stake_amount',
            'bets.stake_amount'
        ) }} as bonus_settled_stake_amount,
        settlements.payout_amount,
        payout_limits.value * bets.line_count as most_returned,
        settlements_summed_to_bets.exception_count = 0
        and settlements.settlement_status <> 'rolled_back' as is_by_result,
        greatest(bets.known_from, settlements_summed_to_bets.known_at) as known_at
    from settlements_summed_to_bets
    inner join settlements
        on
            settlements_summed_to_bets.bet_key = settlements.bet_key
            and settlements_summed_to_bets.settlement_version
            = settlements.settlement_version
    inner join bets
        on settlements_summed_to_bets.bet_key = bets.bet_key
    inner join payout_limits
        on
            bets.placed_at >= payout_limits.valid_from
            and bets.placed_at < payout_limits.valid_to

)

select * from positions

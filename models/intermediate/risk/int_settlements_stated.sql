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
        known_to >= {{ end_of_time() }}
        {% if is_incremental() %}
            and bet_key in (select touched_bets.bet_key from touched_bets)
        {% endif %}

),

bets as {{ kept() }} (

    select * from {{ ref('stg_betting__bets') }}
    where
        known_to >= {{ end_of_time() }}
        {% if is_incremental() %}
            and bet_key in (select touched_bets.bet_key from touched_bets)
        {% endif %}

),

payout_limits as (

    select * from {{ ref('risk_thresholds') }}
    where threshold = 'most_unit_return'

),

-- Cash-outs and cancellations are paid by other rules than the result of the bet.
latest_settlements as (

    select
        bet_key,
        settlement_status,
        settlement_version,
        settled_stake_amount,
        payout_amount,
        max(case
            when
                settlement_status
                in ('cashed_out', 'partially_cashed_out', 'cancelled')
                then 1
            else 0
        end) over (partition by bet_key) as has_exception,
        max(known_from) over (partition by bet_key) as known_at
    from settlements
    qualify
        row_number() over (
            partition by bet_key order by settlement_version desc nulls last
        ) = 1

),

positions as (

    select
        latest_settlements.bet_key,
        latest_settlements.settlement_status,
        bets.line_count,
        latest_settlements.settlement_version,
        latest_settlements.settled_stake_amount,
        {{ prorated_amount(
            'bets.bonus_stake_amount',
            'latest_settlements.settled_stake_amount',
            'bets.stake_amount'
        ) }} as bonus_settled_stake_amount,
        latest_settlements.payout_amount,
        payout_limits.value * bets.line_count as most_returned,
        latest_settlements.has_exception = 0
        and latest_settlements.settlement_status <> 'rolled_back' as is_by_result,
        greatest(bets.known_from, latest_settlements.known_at) as known_at
    from latest_settlements
    inner join bets
        on latest_settlements.bet_key = bets.bet_key
    inner join payout_limits
        on
            bets.placed_at >= payout_limits.valid_from
            and bets.placed_at < payout_limits.valid_to

)

select * from positions

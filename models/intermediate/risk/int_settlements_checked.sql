{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='bet_key',
    on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where due_payout_amount is null",
) }}

with recursive

{% if is_incremental() %}
    touched_bets as (

        select bet_key from {{ ref('int_settlements_stated') }}
        where known_at > {{ posted_until(this) }}
        union
        select bet_key from {{ ref('int_settled_legs_resulted') }}
        where known_at > {{ posted_until(this) }}

    ),
{% endif %}

settlements as (

    select * from {{ ref('int_settlements_stated') }}
    {% if is_incremental() %}
        where bet_key in (select touched_bets.bet_key from touched_bets)
    {% endif %}

),

legs as (

    select
        bet_key,
        leg_result,
        row_number() over (partition by bet_key order by leg_no nulls last) as place,
        leg_return,
        known_at
    from {{ ref('int_settled_legs_resulted') }}
    where bet_key in (select settlements.bet_key from settlements)

),

system_bets as (

    select * from {{ ref('system_bets') }}

),

legs_summed_to_bets as (

    select
        bet_key,
        count(*) as leg_count,
        sum(case when leg_result is null then 1 else 0 end) as undecided_count,
        min(leg_return) as least_return,
        max(known_at) as known_at
    from legs
    group by bet_key

),

bets as (

    select
        settlements.*,
        legs_summed_to_bets.leg_count,
        coalesce(system_bets.fewest_legs, legs_summed_to_bets.leg_count) as fewest_legs,
        coalesce(system_bets.most_legs, legs_summed_to_bets.leg_count) as most_legs,
        legs_summed_to_bets.known_at as results_known_at
    from settlements
    inner join legs_summed_to_bets
        on settlements.bet_key = legs_summed_to_bets.bet_key
    left join system_bets
        on
            settlements.line_count = system_bets.line_count
            and legs_summed_to_bets.leg_count = system_bets.leg_count
    where
        settlements.is_by_result
        and (settlements.line_count = 1 or system_bets.line_count is not null)
        and (
            legs_summed_to_bets.undecided_count = 0
            or (settlements.line_count = 1 and legs_summed_to_bets.least_return = 0)
        )

),

{{ lines_of('bets', 'legs') }},

lines_summed_to_bets as (

    select
        bet_key,
        sum(unit_return) as unit_return
    from lines
    group by bet_key

),

checked_bets as (

    select
        bets.bet_key,
        bets.settlement_status,
        bets.settlement_version,
        bets.settled_stake_amount,
        bets.payout_amount,
        {{ bet_payout(
            'bets.settled_stake_amount',
            'bets.bonus_settled_stake_amount',
            'least(lines_summed_to_bets.unit_return, bets.most_returned)',
            'bets.line_count'
        ) }} as due_payout_amount,
        greatest(bets.known_at, bets.results_known_at) as known_at
    from bets
    inner join lines_summed_to_bets
        on bets.bet_key = lines_summed_to_bets.bet_key

)

{% if is_incremental() %}
    -- What cannot be checked any more comes without figures; the post-hook removes it.
    select
        touched_bets.bet_key,
        checked_bets.settlement_status,
        checked_bets.settlement_version,
        checked_bets.settled_stake_amount,
        checked_bets.payout_amount,
        checked_bets.due_payout_amount,
        checked_bets.known_at
    from touched_bets
    left join checked_bets
        on touched_bets.bet_key = checked_bets.bet_key
{% else %}
    select * from checked_bets
{% endif %}

{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='bet_key',
    on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where due_payout_amount is null",
) }}

with recursive

touched_bets as (

    select * from {{ ref('int_bets_touched') }}

),

settlements as (

    select * from {{ ref('int_settlements_stated') }}
    {% if is_incremental() %}
        where bet_key in (select touched_bets.bet_key from touched_bets)
    {% endif %}

),

legs as (

    select * from {{ ref('int_settled_legs_resulted') }}
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

decided_bets as (

    select
        settlements.*,
        legs_summed_to_bets.leg_count,
        coalesce(system_bets.fewest_legs, legs_summed_to_bets.leg_count) as fewest_legs,
        coalesce(system_bets.most_legs, legs_summed_to_bets.leg_count) as most_legs,
        legs_summed_to_bets.least_return,
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

-- A bet of one line that lost a leg returns nothing, and a bet of one leg what that
-- returns: most need no look at their combinations.
bets as (

    select * from decided_bets
    where leg_count > 1 and (line_count > 1 or least_return > 0)

),

legs_in_order as (

    select
        bet_key,
        row_number() over (partition by bet_key order by leg_no nulls last) as place,
        leg_return
    from legs
    where bet_key in (select bets.bet_key from bets)

),

{{ lines_of('bets', 'legs_in_order') }},

returns as (

    select
        bet_key,
        sum(unit_return) as unit_return
    from lines
    group by bet_key
    union all
    select
        bet_key,
        least_return as unit_return
    from decided_bets
    where leg_count = 1 or (line_count = 1 and least_return = 0)

),

checked_bets as (

    select
        decided_bets.bet_key,
        decided_bets.settlement_status,
        decided_bets.settlement_version,
        decided_bets.settled_stake_amount,
        decided_bets.payout_amount,
        {{ bet_payout(
            'decided_bets.settled_stake_amount',
            'decided_bets.bonus_settled_stake_amount',
            'least(returns.unit_return, decided_bets.most_returned)',
            'decided_bets.line_count'
        ) }} as due_payout_amount,
        greatest(decided_bets.known_at, decided_bets.results_known_at) as known_at
    from decided_bets
    inner join returns
        on decided_bets.bet_key = returns.bet_key

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

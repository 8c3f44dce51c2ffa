{{ config(materialized='table') }}

with recursive

legs as (

    select
        *,
        row_number() over (
            partition by bet_key, event_id order by leg_bit nulls last
        ) as place
    from {{ ref('int_open_legs_standing') }}
    where bet_state = 'alive' and payout_rule = 'lines' and line_count > 1

),

lines as (

    select * from {{ ref('int_open_lines_revealed') }}

),

systems_on_events as (

    select
        bet_key,
        event_id,
        line_count,
        open_stake_amount,
        bonus_open_stake_amount,
        most_payout_amount,
        most_returned,
        count(*) as leg_count,
        sum(leg_bit) as event_set
    from legs
    group by
        bet_key,
        event_id,
        line_count,
        open_stake_amount,
        bonus_open_stake_amount,
        most_payout_amount,
        most_returned

),

choices as (

    select 1 as taken
    union all
    select 0 as taken

),

-- Every way in which the legs on one event can win and lose.
ways (bet_key, event_id, place, leg_set, leg_count) as (

    select
        bet_key,
        event_id,
        cast(0 as bigint) as place,
        cast(0 as bigint) as leg_set,
        0 as leg_count
    from systems_on_events
    union all
    select
        ways.bet_key,
        ways.event_id,
        legs.place,
        ways.leg_set + choices.taken * legs.leg_bit as leg_set,
        ways.leg_count + choices.taken as leg_count
    from ways
    inner join legs
        on
            ways.bet_key = legs.bet_key
            and ways.event_id = legs.event_id
            and ways.place + 1 = legs.place
    cross join choices

),

-- The lines without a lost leg, all legs on other events won.
ways_with_return as (

    select
        ways.bet_key,
        ways.event_id,
        ways.leg_set,
        ways.leg_count,
        coalesce(sum(lines.unit_return), 0) as unit_return
    from ways
    inner join systems_on_events
        on
            ways.bet_key = systems_on_events.bet_key
            and ways.event_id = systems_on_events.event_id
            and ways.place = systems_on_events.leg_count
    left join lines
        on
            ways.bet_key = lines.bet_key
            and (lines.leg_set & (systems_on_events.event_set - ways.leg_set)) = 0
    group by ways.bet_key, ways.event_id, ways.leg_set, ways.leg_count

),

ways_with_payout as (

    select
        ways_with_return.bet_key,
        ways_with_return.event_id,
        ways_with_return.leg_set,
        ways_with_return.leg_count,
        case
            when ways_with_return.leg_set = systems_on_events.event_set
                then systems_on_events.most_payout_amount
            else {{ bet_payout(
                'systems_on_events.open_stake_amount',
                'systems_on_events.bonus_open_stake_amount',
                'least(ways_with_return.unit_return, systems_on_events.most_returned)',
                'systems_on_events.line_count'
            ) }}
        end as payout_amount
    from ways_with_return
    inner join systems_on_events
        on
            ways_with_return.bet_key = systems_on_events.bet_key
            and ways_with_return.event_id = systems_on_events.event_id

)

select * from ways_with_payout

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

systems_on_events as (

    select
        bet_key,
        event_id,
        count(*) as leg_count,
        cast(sum(leg_bit) as bigint) as event_set
    from legs
    group by bet_key, event_id

),

choices as (

    select
        bet_key,
        event_id,
        place,
        leg_bit,
        1 as taken
    from legs
    union all
    select
        bet_key,
        event_id,
        place,
        0 as leg_bit,
        0 as taken
    from legs

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
        choices.place,
        ways.leg_set + choices.leg_bit as leg_set,
        ways.leg_count + choices.taken as leg_count
    from ways
    inner join choices
        on
            ways.bet_key = choices.bet_key
            and ways.event_id = choices.event_id
            and ways.place + 1 = choices.place

),

wins as (

    select
        ways.bet_key,
        ways.event_id,
        ways.leg_set,
        ways.leg_count,
        systems_on_events.event_set
    from ways
    inner join systems_on_events
        on
            ways.bet_key = systems_on_events.bet_key
            and ways.event_id = systems_on_events.event_id
            and ways.place = systems_on_events.leg_count

)

select * from wins

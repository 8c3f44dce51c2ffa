{{ config(materialized='table') }}

with recursive

legs as (

    select
        *,
        row_number() over (partition by bet_key order by leg_bit nulls last) as place
    from {{ ref('int_open_legs_decided') }}

),

bets as (

    select * from {{ ref('int_open_bets_classed') }}
    where payout_rule = 'lines'

),

-- Leg by leg, with it and without it.
choices as (

    select
        bet_key,
        place,
        1 as taken,
        leg_bit,
        leg_return
    from legs
    union all
    select
        bet_key,
        place,
        0 as taken,
        0 as leg_bit,
        1 as leg_return
    from legs

),

combinations (
    bet_key, place, size, leg_count, fewest_legs, most_legs, leg_set, unit_return
) as (

    select
        bet_key,
        cast(0 as bigint) as place,
        0 as size,
        leg_count,
        fewest_legs,
        most_legs,
        cast(0 as bigint) as leg_set,
        cast(1 as decimal(23, 12)) as unit_return
    from bets
    union all
    -- The cap is far beyond any limit on what is paid; it only keeps the type.
    select
        combinations.bet_key,
        choices.place,
        combinations.size + choices.taken as size,
        combinations.leg_count,
        combinations.fewest_legs,
        combinations.most_legs,
        combinations.leg_set + choices.leg_bit as leg_set,
        cast(
            least(combinations.unit_return * choices.leg_return, 10000000000)
            as decimal(23, 12)
        ) as unit_return
    from combinations
    inner join choices
        on
            combinations.bet_key = choices.bet_key
            and combinations.place + 1 = choices.place
    where
        combinations.size + choices.taken <= combinations.most_legs
        and combinations.size + choices.taken + combinations.leg_count - choices.place
        >= combinations.fewest_legs

),

lines as (

    select
        bet_key,
        leg_set,
        unit_return
    from combinations
    where place = leg_count and size > 0

)

select * from lines

{{ config(materialized='table') }}

with recursive

legs as (

    select
        *,
        row_number() over (partition by bet_key order by leg_bit nulls last) as place
    from {{ ref('int_open_legs_decided') }}

),

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

system_bets as (

    select * from {{ ref('system_bets') }}

),

leg_counts as (

    select
        bet_key,
        count(*) as leg_count,
        max(case when leg_state = 'part' then 1 else 0 end) as part_count
    from legs
    group by bet_key

),

-- What other bets pay is plain from their potential payout.
bets_of_lines as (

    select
        open_bets.bet_key,
        leg_counts.leg_count,
        coalesce(system_bets.fewest_legs, leg_counts.leg_count) as fewest_legs,
        coalesce(system_bets.most_legs, leg_counts.leg_count) as most_legs
    from open_bets
    inner join leg_counts
        on open_bets.bet_key = leg_counts.bet_key
    left join system_bets
        on
            leg_counts.leg_count = system_bets.leg_count
            and open_bets.line_count = system_bets.line_count
    where
        system_bets.line_count is not null
        or (open_bets.line_count = 1 and leg_counts.part_count > 0)

),

choices as (

    select 1 as taken
    union all
    select 0 as taken

),

-- Leg by leg, with it and without it; a multiple has one line, with all of them.
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
    from bets_of_lines
    union all
    select
        combinations.bet_key,
        legs.place,
        combinations.size + choices.taken as size,
        combinations.leg_count,
        combinations.fewest_legs,
        combinations.most_legs,
        combinations.leg_set + choices.taken * legs.leg_bit as leg_set,
        cast(
            least(
                case
                    when choices.taken = 1
                        then combinations.unit_return * legs.leg_return
                    else combinations.unit_return
                end,
                -- Far beyond any limit on what is paid; it only keeps the type.
                10000000000
            ) as decimal(23, 12)
        ) as unit_return
    from combinations
    inner join legs
        on
            combinations.bet_key = legs.bet_key
            and combinations.place + 1 = legs.place
    cross join choices
    where
        combinations.size + choices.taken <= combinations.most_legs
        and combinations.size + choices.taken + combinations.leg_count - legs.place
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

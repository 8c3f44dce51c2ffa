{#- CTEs that end with `lines`: every combination of `legs` that a bet of `bets` covers,
    and its return. To follow `with recursive`. The cap only keeps the type. -#}
{% macro lines_of(bets, legs) -%}
    choices as (
        select bet_key, place, 1 as taken, cast(power(2, place - 1) as bigint) as leg_bit,
            leg_return
        from {{ legs }}
        union all
        select choice.bet_key, choice.place, 0 as taken, 0 as leg_bit,
            cast(1 as decimal(14, 6)) as leg_return
        from {{ legs }} as choice
        inner join {{ bets }} as bet on choice.bet_key = bet.bet_key
        where bet.fewest_legs < bet.leg_count
    ),

    combinations (bet_key, place, size, leg_set, unit_return) as (
        select bet_key, cast(0 as bigint) as place, 0 as size, cast(0 as bigint) as leg_set,
            cast(1 as decimal(23, 12)) as unit_return
        from {{ bets }}
        union all
        select
            combinations.bet_key,
            choices.place,
            combinations.size + choices.taken as size,
            combinations.leg_set + choices.leg_bit as leg_set,
            cast(least(combinations.unit_return * choices.leg_return, 10000000000)
                as decimal(23, 12)) as unit_return
        from combinations
        inner join choices on combinations.bet_key = choices.bet_key
            and combinations.place + 1 = choices.place
    ),

    lines as (
        select combinations.bet_key, combinations.leg_set, combinations.unit_return
        from combinations
        inner join {{ bets }} as bet on combinations.bet_key = bet.bet_key
            and combinations.place = bet.leg_count
        where combinations.size between bet.fewest_legs and bet.most_legs
    )
{%- endmacro %}

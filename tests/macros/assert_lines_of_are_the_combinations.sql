-- What: lines_of gives each combination between the bet's sizes once, with its product.
-- When it matters: payouts of systems, open and settled.
-- What to do: mend macros/lines_of.sql.
{% set legs = [(1, 1, 2), (1, 2, 3), (1, 3, 5), (2, 1, 2), (2, 2, 7)] %}
{% set bets = [(1, 3, 2, 3), (2, 2, 2, 2)] %}
{% set expected = [(1, 3, 6), (1, 5, 10), (1, 6, 15), (1, 7, 30), (2, 3, 14)] %}

with recursive

legs as (

    {% for bet_key, place, leg_return in legs %}
        select
            {{ bet_key }} as bet_key,
            cast({{ place }} as bigint) as place,
            cast({{ leg_return }} as decimal(14, 6)) as leg_return
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

bets as (

    {% for bet_key, leg_count, fewest_legs, most_legs in bets %}
        select
            {{ bet_key }} as bet_key,
            {{ leg_count }} as leg_count,
            {{ fewest_legs }} as fewest_legs,
            {{ most_legs }} as most_legs
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{{ lines_of('bets', 'legs') }},

expected as (

    {% for bet_key, leg_set, unit_return in expected %}
        select
            {{ bet_key }} as bet_key,
            {{ leg_set }} as leg_set,
            {{ unit_return }} as unit_return
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    expected.bet_key as expected_key,
    lines.bet_key,
    coalesce(lines.leg_set, expected.leg_set) as leg_set
from expected
full outer join lines
    on
        expected.bet_key = lines.bet_key
        and expected.leg_set = lines.leg_set
        and expected.unit_return = lines.unit_return
where expected.bet_key is null or lines.bet_key is null

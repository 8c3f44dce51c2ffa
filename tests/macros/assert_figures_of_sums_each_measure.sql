-- What: figures_of gives each measure's sum by the key, 0 where there is nothing.
-- When it matters: what is filed, and what has changed since.
-- What to do: mend macros/figures_of.sql.
{% set lines = [('a', 1, 10), ('a', 2, 20), ('b', 4, 'null')] %}
{% set expected = [
    ('a', 'handle', 3), ('b', 'handle', 4), ('a', 'payout', 30), ('b', 'payout', 0),
    ('a', 'doubled', 6), ('b', 'doubled', 8)
] %}

with

lines as (

    {% for line_item, handle, payout in lines %}
        select
            '{{ line_item }}' as line_item,
            cast({{ handle }} as decimal(18, 2)) as handle,
            cast({{ payout }} as decimal(18, 2)) as payout
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

answers as (

    {{ figures_of('lines', ['line_item'], ['handle', 'payout']) }}
    union all
    {{ figures_of('lines', ['line_item'], {'doubled': '2 * handle'}) }}

),

expected as (

    {% for line_item, measure, amount in expected %}
        select
            '{{ line_item }}' as line_item,
            '{{ measure }}' as measure,
            {{ amount }} as amount
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    answers.line_item,
    answers.measure,
    answers.amount,
    expected.amount as expected_amount
from answers
full outer join expected
    on
        answers.line_item = expected.line_item
        and answers.measure = expected.measure
        and answers.amount = expected.amount
where answers.amount is null or expected.amount is null

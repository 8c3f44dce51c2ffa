-- What: leg_return is (1 - void factor) x win x odds x dead heat factor + void factor,
-- and the odds while there is no result.
-- When it matters: exposure, and the check of settlements.
-- What to do: mend macros/leg_return.sql.
{% set cases = [
    ('undecided', none, none, none, '2.5'),
    ('won', 'won', '0', '1', '2.5'),
    ('lost', 'lost', '0', '1', '0'),
    ('void by its rule', 'void', none, none, '1'),
    ('void in part', 'won', '0.25', '1', '2.125'),
    ('half won', 'half_won', '0.5', '1', '1.75'),
    ('half lost', 'half_lost', '0.5', '1', '0.5'),
    ('a dead heat of three', 'dead_heat', '0', '0.3333', '0.83325'),
] %}

with

rules as (

    select * from {{ ref('leg_result_rules') }}

),

cases as (

    {% for example, result, void, tie, expected in cases %}
        select
            '{{ example }}' as example,
            cast({{ "'" ~ result ~ "'" if result else 'null' }} as varchar(32))
                as leg_result,
            cast(2.5 as decimal(12, 4)) as decimal_odds,
            cast({{ void or 'null' }} as decimal(4, 3)) as void_factor,
            cast({{ tie or 'null' }} as decimal(6, 4)) as dead_heat_factor,
            cast({{ expected }} as decimal(14, 6)) as expected
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

answers as (

    select
        cases.example,
        cases.expected,
        {{ leg_return('cases', 'rules') }} as answer
    from cases
    left join rules
        on cases.leg_result = rules.leg_result

)

select * from answers
where answer is null or answer <> expected

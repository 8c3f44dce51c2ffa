-- What: the test do_not_overlap finds rules that hold on the same day, and only these.
-- When it matters: a tax that has two rates on one day is charged twice.
-- What to do: mend tests/generic/do_not_overlap.sql.
{# Of each rule two rows; the second holds from 2026 for ever and for band 0 to 50. #}
{% set cases = [
    ('one day too long', 'found', '2026-01-02', 0, 'null'),
    ('ends as the next begins', 'in order', '2026-01-01', 0, 'null'),
    ('until ever', 'found', '9999-12-31', 0, 'null'),
    ('another band', 'in order', '9999-12-31', 100, '200'),
    ('a part of the band', 'found', '9999-12-31', 40, '60'),
] %}

with

rules as (

    {% for rule, expected, valid_to, band_from, band_to in cases %}
        select
            '{{ rule }}' as rule_name,
            cast({{ band_from }} as integer) as band_from,
            cast({{ band_to }} as integer) as band_to,
            cast('2025-01-01' as date) as valid_from,
            cast('{{ valid_to }}' as date) as valid_to
        union all
        select
            '{{ rule }}' as rule_name,
            0 as band_from,
            50 as band_to,
            cast('2026-01-01' as date) as valid_from,
            cast('9999-12-31' as date) as valid_to
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

expected as (

    {% for rule, expected, valid_to, band_from, band_to in cases %}
        select
            '{{ rule }}' as rule_name,
            {{ 1 if expected == 'found' else 0 }} as overlap_count
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

found as (

    {{ test_do_not_overlap('rules', ['rule_name'], ['band_from', 'band_to']) }}

),

found_summed as (

    select
        rule_name,
        count(*) as overlap_count
    from found
    group by rule_name

)

select
    expected.rule_name,
    expected.overlap_count as expected_count,
    found_summed.overlap_count as found_count
from expected
left join found_summed
    on expected.rule_name = found_summed.rule_name
where expected.overlap_count <> coalesce(found_summed.overlap_count, 0)

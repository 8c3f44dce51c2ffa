-- What: settlement_cause names what a settlement version does to the bet.
-- When it matters: the explanation of a revenue difference, and settlement tracking.
-- What to do: mend macros/settlement_cause.sql, then build --full-refresh.
{% set cases = [
    ('won', false, 'settlement'),
    ('won', true, 'resettlement'),
    ('lost', false, 'settlement'),
    ('push', true, 'resettlement'),
    ('rolled_back', true, 'rollback'),
    ('void', false, 'void'),
    ('void', true, 'void'),
    ('cancelled', false, 'cancellation'),
    ('cashed_out', false, 'cash_out'),
    ('partially_cashed_out', false, 'cash_out'),
] %}

with

cases as (

    {% for settlement_status, is_settled_before, expected in cases %}
        select
            '{{ settlement_status }}' as settlement_status,
            {{ is_settled_before | lower }} as is_settled_before,
            '{{ expected }}' as expected
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

answers as (

    select
        settlement_status,
        expected,
        {{ settlement_cause('settlement_status', 'is_settled_before') }} as answer
    from cases

)

select * from answers
where answer is null or answer <> expected

-- What: settlement_cause names what a settlement version does to the bet.
-- When it matters: the explanation of a revenue difference, and settlement tracking.
-- What to do: mend macros/settlement_cause.sql, then build --full-refresh.
{% set cases = [
    ('won', false, 'ERROR', 'settlement'),
    ('won', true, 'ERROR', 'resettlement'),
    ('lost', false, 'ERROR', 'settlement'),
    ('push', true, 'ERROR', 'resettlement'),
    ('rolled_back', true, 'ERROR', 'rollback'),
    ('void', false, 'ERROR', 'void'),
    ('void', true, 'ERROR', 'void'),
    ('cancelled', false, 'ERROR', 'cancellation'),
    ('cancelled', false, 'DUPLICATE_BET', 'duplicate'),
    ('void', false, 'DUPLICATE_BET', 'void'),
    ('cashed_out', false, 'ERROR', 'cash_out'),
    ('partially_cashed_out', false, 'ERROR', 'cash_out'),
] %}

with

cases as (

    {% for settlement_status, is_settled_before, reason_code, expected in cases %}
        select
            '{{ settlement_status }}' as settlement_status,
            {{ is_settled_before | lower }} as is_settled_before,
            '{{ reason_code }}' as reason_code,
            '{{ expected }}' as expected
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

answers as (

    select
        settlement_status,
        expected,
        {{ settlement_cause(
            'settlement_status', 'is_settled_before', 'reason_code'
        ) }} as answer
    from cases

)

select * from answers
where answer is null or answer <> expected

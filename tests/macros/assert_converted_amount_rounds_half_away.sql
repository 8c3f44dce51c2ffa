-- What: converted_amount is amount x rate_to / rate_from, half away from zero to the
-- cent.
-- When it matters: every figure in the reporting currency.
-- What to do: mend macros/cross_db/converted_amount.sql.
{% set cases = [
    ('nothing', '0.00', '0.850000', '1.000000', '0.00'),
    ('the same rate', '33.33', '1.083200', '1.083200', '33.33'),
    ('pounds to euro: 100 / 0.84', '100.00', '0.840000', '1.000000', '119.05'),
    ('dollars to pounds: 100 x 0.84 / 1.05', '100.00', '1.050000', '0.840000', '80.00'),
    ('a loss', '-100.00', '0.840000', '1.000000', '-119.05'),
    ('a tie', '0.05', '2.000000', '1.000000', '0.03'),
    ('a tie of a loss', '-0.05', '2.000000', '1.000000', '-0.03'),
    ('yen to euro: 16325 / 163.25', '16325.00', '163.250000', '1.000000', '100.00'),
    ('a large turnover', '9999999.99', '1.000000', '393.160000', '3931599996.07'),
] %}

with

cases as (

    {% for example, amount, rate_from, rate_to, expected in cases %}
        select
            '{{ example }}' as example,
            cast({{ amount }} as decimal(18, 2)) as amount,
            cast({{ rate_from }} as decimal(18, 6)) as rate_from,
            cast({{ rate_to }} as decimal(18, 6)) as rate_to,
            cast({{ expected }} as decimal(18, 2)) as expected
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

answers as (

    select
        example,
        expected,
        {{ converted_amount('amount', 'rate_from', 'rate_to') }} as answer
    from cases

)

select * from answers
where answer is null or answer <> expected

-- What: prorated_amount is amount x part / whole, half up to the cent.
-- When it matters: the bonus-funded part of every figure, and the payout of a bet that
-- is cashed out in part.
-- What to do: mend macros/cross_db/prorated_amount.sql, then build --full-refresh.
{% set cases = [
    ('nothing', '33.33', '0.00', '10.00', '0.00'),
    ('all', '33.33', '10.00', '10.00', '33.33'),
    ('a tie', '0.05', '5.00', '10.00', '0.03'),
    ('a tie that no double holds', '0.57', '1.00', '2.00', '0.29'),
    ('just below a tie', '1.00', '2.49', '500.00', '0.00'),
    ('a third', '1.00', '1.00', '3.00', '0.33'),
    ('two thirds', '1.00', '2.00', '3.00', '0.67'),
    ('no payout', '0.00', '5.00', '20.00', '0.00'),
    ('a large bet', '19999999.99', '9999999.99', '20000000.00', '9999999.99'),
] %}

with

cases as (

    {% for example, amount, part, whole, expected in cases %}
        select
            '{{ example }}' as example,
            cast({{ amount }} as decimal(18, 2)) as amount,
            cast({{ part }} as decimal(18, 2)) as part,
            cast({{ whole }} as decimal(18, 2)) as whole,
            cast({{ expected }} as decimal(18, 2)) as expected
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

answers as (

    select
        example,
        expected,
        {{ prorated_amount('amount', 'part', 'whole') }} as answer
    from cases

)

select * from answers
where answer is null or answer <> expected

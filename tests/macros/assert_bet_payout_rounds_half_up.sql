-- What: bet_payout pays what the lines return, half a cent up, and a bonus stake is
-- returned by a plain refund only.
-- When it matters: the worst case of open bets, and the check of settled ones.
-- What to do: mend macros/cross_db/bet_payout.sql.
{% set cases = [
    ('a win', '10.00', '0.00', '2.5', 1, '25.00'),
    ('a tie', '0.01', '0.00', '1.5', 1, '0.02'),
    ('just below a tie', '0.01', '0.00', '1.499999', 1, '0.01'),
    ('a bonus stake', '10.00', '10.00', '2.5', 1, '15.00'),
    ('half a bonus stake, half lost', '10.00', '5.00', '0.5', 1, '2.50'),
    ('a refund of a bonus stake', '10.00', '10.00', '1', 1, '10.00'),
    ('a refund of a bonus stake on seven lines', '7.00', '7.00', '7', 7, '7.00'),
    ('three lines', '3.00', '0.00', '4', 3, '4.00'),
    ('a third', '1.00', '0.00', '1', 3, '0.33'),
    ('two thirds', '1.00', '0.00', '2', 3, '0.67'),
    ('nothing', '10.00', '5.00', '0', 1, '0.00'),
    ('a large bet', '99999.99', '0.00', '20000', 1, '1999999800.00'),
] %}

with

cases as (

    {% for example, stake, bonus, returned, lines, expected in cases %}
        select
            '{{ example }}' as example,
            cast({{ stake }} as decimal(18, 2)) as stake_amount,
            cast({{ bonus }} as decimal(18, 2)) as bonus_stake_amount,
            cast({{ returned }} as decimal(23, 12)) as returned,
            {{ lines }} as line_count,
            cast({{ expected }} as decimal(18, 2)) as expected
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

answers as (

    select
        example,
        expected,
        {{ bet_payout(
            'stake_amount', 'bonus_stake_amount', 'returned', 'line_count'
        ) }} as answer
    from cases

)

select * from answers
where answer is null or answer <> expected

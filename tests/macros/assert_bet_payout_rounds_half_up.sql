-- What: bet_payout pays what the lines return, half a cent up, and a bonus stake is
-- returned by a plain refund only.
-- When it matters: the worst case of open bets and the check of settled ones use it.
-- What to do: put the macro right.
with

cases as (

    select
        10.00 as stake_amount,
        0.00 as bonus_stake_amount,
        2.500000000000 as returned,
        1 as line_count,
        25.00 as payout_amount
    union all
    select 0.01, 0.00, 1.500000000000, 1, 0.02
    union all
    select 0.01, 0.00, 1.499999000000, 1, 0.01
    union all
    select 10.00, 10.00, 2.500000000000, 1, 15.00
    union all
    select 10.00, 5.00, 0.500000000000, 1, 2.50
    union all
    select 10.00, 10.00, 1.000000000000, 1, 10.00
    union all
    select 3.00, 0.00, 4.000000000000, 3, 4.00
    union all
    select 1.00, 0.00, 1.000000000000, 3, 0.33
    union all
    select 1.00, 0.00, 2.000000000000, 3, 0.67
    union all
    select 7.00, 7.00, 7.000000000000, 7, 7.00
    union all
    select 99999.99, 0.00, 20000.000000000000, 1, 1999999800.00

),

answers as (

    select
        *,
        {{ bet_payout(
            'cast(stake_amount as decimal(18, 2))',
            'cast(bonus_stake_amount as decimal(18, 2))',
            'returned',
            'line_count'
        ) }} as answer
    from cases

)

select * from answers
where answer <> payout_amount

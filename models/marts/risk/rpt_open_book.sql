with

bets as (

    select * from {{ ref('int_open_bets_valued') }}

),

book as (

    select
        currency_code,
        bet_state,
        payout_rule,
        cast(count(*) as bigint) as open_bet_count,
        cast(sum(open_stake_amount) as decimal(18, 2)) as open_stake_amount,
        cast(
            sum(case when bet_state = 'lost' then 0 else most_payout_amount end)
            as decimal(18, 2)
        ) as potential_payout_amount
    from bets
    group by currency_code, bet_state, payout_rule

)

select * from book

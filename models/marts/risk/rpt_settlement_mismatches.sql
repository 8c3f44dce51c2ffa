with

checked_bets as (

    select * from {{ ref('int_settlements_checked') }}
    where payout_amount <> due_payout_amount

),

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

mismatches as (

    select
        bets.bet_id,
        bets.customer_id,
        bets.jurisdiction,
        bets.currency_code,
        bets.bet_type,
        checked_bets.settlement_status,
        checked_bets.settlement_version,
        checked_bets.settled_stake_amount,
        checked_bets.payout_amount,
        checked_bets.due_payout_amount,
        cast(
            checked_bets.payout_amount - checked_bets.due_payout_amount
            as decimal(18, 2)
        ) as overpaid_amount,
        checked_bets.known_at
    from checked_bets
    inner join bets
        on checked_bets.bet_key = bets.bet_key
    left join test_accounts
        on bets.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from mismatches

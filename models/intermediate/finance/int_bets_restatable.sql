with

bets as (

    select * from {{ ref('stg_betting__bets') }}

),

settlements as (

    select * from {{ ref('stg_betting__settlements') }}

),

customers_counted as (

    select * from {{ ref('int_customers_counted') }}

),

corrected_bets as (

    select bet_key from bets
    where revision > 1

),

bets_settled_again as (

    select bet_key from settlements
    where settlement_version > 1 or revision > 1

),

bets_of_test_accounts as (

    select bets.bet_key
    from bets
    inner join customers_counted
        on bets.customer_id = customers_counted.customer_id

),

restatable_bets as (

    select bet_key from corrected_bets
    union
    select bet_key from bets_settled_again
    union
    select bet_key from bets_of_test_accounts

)

select * from restatable_bets

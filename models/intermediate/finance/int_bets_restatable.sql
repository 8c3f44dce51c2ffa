with

bets as (

    select * from {{ ref('stg_betting__bets') }}

),

settlements as (

    select * from {{ ref('stg_betting__settlements') }}

),

recounted_bets as (

    select * from {{ ref('int_bets_recounted') }}

),

corrected_bets as (

    select bet_key from bets
    where revision > 1

),

bets_settled_again as (

    select bet_key from settlements
    where settlement_version > 1 or revision > 1

),

restatable_bets as (

    select bet_key from corrected_bets
    union
    select bet_key from bets_settled_again
    union
    select bet_key from recounted_bets

)

select * from restatable_bets

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

changes as (

    select
        bet_key,
        known_from as known_at
    from bets
    union all
    select
        bet_key,
        known_from as known_at
    from settlements
    union all
    select
        bets.bet_key,
        customers_counted.counted_from as known_at
    from bets
    inner join customers_counted
        on bets.customer_id = customers_counted.customer_id
    union all
    select
        bets.bet_key,
        customers_counted.counted_to as known_at
    from bets
    inner join customers_counted
        on bets.customer_id = customers_counted.customer_id
    where customers_counted.counted_to < {{ end_of_time() }}

)

select * from changes

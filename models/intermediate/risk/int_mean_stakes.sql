with

days as (

    select * from {{ ref('int_days_played') }}

),

mean_stakes as (

    select
        currency_code,
        cast(sum(stake_amount) as double precision) / sum(bet_count) as mean_amount
    from days
    group by currency_code
    having sum(bet_count) > 0

)

select * from mean_stakes

with

bursts as (

    select * from {{ ref('int_bet_bursts') }}

),

rushing as (

    select
        customer_id,
        sum(burst_count) as evidence_count,
        cast(cast(sum(burst_count) as bigint) as varchar(18)) || ' times '
        || cast(
            cast({{ risk_threshold('velocity', 'bets') }} as integer) as varchar(18)
        ) || ' bets within '
        || cast(
            cast({{ risk_threshold('velocity', 'window_seconds') }} as integer)
            as varchar(18)
        ) || ' s' as evidence,
        min(first_at) as first_at,
        max(last_at) as last_at
    from bursts
    group by customer_id

)

select * from rushing

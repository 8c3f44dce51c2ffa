{{ config(materialized='table') }}

with

legs as (

    select
        *,
        cast(decimal_odds * closing_probability as double precision) - 1 as edge
    from {{ ref('int_legs_timed') }}
    where
        not is_in_play
        and bet_type = 'single'
        and closing_probability > 0

),

edges_summed_to_customers as (

    select
        customer_id,
        count(*) as bet_count,
        avg(edge) as mean_edge,
        stddev_samp(edge) as edge_deviation,
        min(placed_at) as first_at,
        max(placed_at) as last_at
    from legs
    group by customer_id
    having count(*) >= {{ risk_threshold('arbitrage', 'bets') }}

),

-- The mean edge in standard errors: chance alone seldom gives three.
beating_close as (

    select
        customer_id,
        bet_count as evidence_count,
        cast(bet_count as varchar(18)) || ' singles at prices '
        || cast(cast(round(100 * mean_edge) as integer) as varchar(18))
        || ' % better than the fair closing price' as evidence,
        first_at,
        last_at
    from edges_summed_to_customers
    where
        mean_edge >= {{ risk_threshold('arbitrage', 'edge') }}
        and mean_edge * sqrt(bet_count)
        >= edge_deviation * {{ risk_threshold('arbitrage', 'z_score') }}

)

select * from beating_close

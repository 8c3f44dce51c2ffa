{{ config(materialized='table') }}

with

suspensions as (

    select * from {{ ref('fct_market_suspensions') }}

),

results as (

    select * from {{ ref('int_selections_resulted') }}

),

markets as (

    select * from {{ ref('stg_trading__markets') }}
    where known_to >= {{ end_of_time() }}

),

results_summed_to_markets as (

    select
        market_id,
        count(*) as result_count,
        max(first_resulted_at) as last_resulted_at,
        max(known_at) as known_at
    from results
    group by market_id

),

-- A market has ended for good when all of its selections have a result: some may be out
-- long before, and there may be several winners.
results_of_markets as (

    select
        markets.market_id,
        results_summed_to_markets.last_resulted_at as closed_from,
        greatest(markets.known_from, results_summed_to_markets.known_at) as known_at
    from markets
    inner join results_summed_to_markets
        on markets.market_id = results_summed_to_markets.market_id
    where results_summed_to_markets.result_count >= markets.selection_count

),

-- A market that is suspended again was open in between, whether or not its resumption
-- has been told.
spans as (

    select
        market_id,
        reason,
        resumed_at is not null or reason <> 'result_certain' as is_confirmed,
        suspended_at as closed_from,
        coalesce(resumed_at, lead(suspended_at) over (
            partition by market_id order by suspended_at nulls last
        ), {{ end_of_time() }}) as closed_to,
        greatest(known_at, coalesce(lead(known_at) over (
            partition by market_id order by suspended_at nulls last
        ), known_at)) as known_at
    from suspensions
    union all
    select
        market_id,
        'result_known' as reason,
        true as is_confirmed,
        closed_from,
        {{ end_of_time() }} as closed_to,
        known_at
    from results_of_markets

)

select * from spans

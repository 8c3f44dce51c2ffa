{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

with

bets as (

    select * from {{ ref('stg_betting__bets') }}

),

customers_counted as (

    select * from {{ ref('int_customers_counted') }}

),

moments as (

    select
        customer_id,
        counted_from as known_at
    from customers_counted
    where counted_from > {{ start_of_time() }}
    union all
    select
        customer_id,
        counted_to as known_at
    from customers_counted
    where counted_to < {{ end_of_time() }}

),

-- Most loads flag nobody, and an engine that sees so does not look at the bets.
new_moments as (

    select * from moments
    {% if is_incremental() %}
        where known_at > {{ posted_until(this) }}
    {% endif %}

),

bets_at_moments as (

    select
        bets.bet_key,
        new_moments.known_at
    from bets
    inner join new_moments
        on
            bets.customer_id = new_moments.customer_id
            and bets.first_known_at <= new_moments.known_at
    group by bets.bet_key, new_moments.known_at

)

select * from bets_at_moments

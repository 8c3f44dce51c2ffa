{{ config(materialized='table') }}

with recursive

legs as (

    select
        *,
        row_number() over (partition by bet_key order by leg_bit nulls last) as place
    from {{ ref('int_open_legs_decided') }}

),

bets as (

    select * from {{ ref('int_open_bets_classed') }}
    where payout_rule = 'lines'

),

{{ lines_of('bets', 'legs') }}

select * from lines

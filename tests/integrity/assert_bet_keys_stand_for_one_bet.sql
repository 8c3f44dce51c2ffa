-- What: a bet_key stands for one bet_id, and a bet_id has one bet_key, over bets and
-- settlements of all loads.
-- When it matters: bet_key is 63 bits of a hash; two bets that share it would be added
-- up as one. Among 10^9 bets that happens once in 18 such warehouses.
-- What to do: stop publishing, and widen the key in ingestion (orchestration/ingest).
{{ config(tags='whole_history') }}

with

bets as (

    select * from {{ ref('stg_betting__bets') }}

),

settlements as (

    select * from {{ ref('stg_betting__settlements') }}

),

keys as (

    select
        bet_key,
        bet_id
    from bets
    union
    select
        bet_key,
        bet_id
    from settlements

)

select
    'bet_key' as shared,
    min(bet_id) as first_bet_id,
    max(bet_id) as last_bet_id
from keys
group by bet_key
having count(*) > 1
union all
select
    'bet_id' as shared,
    bet_id as first_bet_id,
    bet_id as last_bet_id
from keys
group by bet_id
having count(*) > 1

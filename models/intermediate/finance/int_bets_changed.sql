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

-- Each relation is read once here: an engine that keeps what is read twice would keep
-- all of history instead of skipping to the last load.
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
        bet_key,
        known_at
    from recounted_bets

)

select * from changes

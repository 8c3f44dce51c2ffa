with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

files as (

    select * from {{ ref('stg_ingestion__files') }}

),

-- Age is measured at the last load, not by the clock: same loads, same page.
last_load as (

    select max(known_at) as known_at from files

),

bets_with_age as (

    select
        open_bets.*,
        {{ dbt.datediff('open_bets.placed_at', 'last_load.known_at', 'second') }}
        / 3600.0 as age_hours
    from open_bets
    cross join last_load

),

bets_in_buckets as (

    select
        *,
        case
            when age_hours < 24 then '1: under 1 day'
            when age_hours < 72 then '2: 1 to 3 days'
            when age_hours < 168 then '3: 3 to 7 days'
            when age_hours < 720 then '4: 7 to 30 days'
            else '5: over 30 days'
        end as age_bucket
    from bets_with_age

),

ageing as (

    select
        jurisdiction,
        currency_code,
        bet_type,
        age_bucket,
        count(*) as open_bet_count,
        cast(sum(open_stake_amount) as decimal(18, 2)) as open_stake_amount,
        cast(sum(potential_payout_amount) as decimal(18, 2)) as potential_payout_amount,
        min(placed_at) as oldest_placed_at
    from bets_in_buckets
    group by jurisdiction, currency_code, bet_type, age_bucket

)

select * from ageing

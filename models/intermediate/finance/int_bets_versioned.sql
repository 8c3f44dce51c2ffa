with

bets as (

    select * from {{ ref('stg_betting__bets') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

-- Only customers that were ever flagged as a test account have rows here.
customers_counted as (

    select * from {{ ref('int_customers_counted') }}

),

bets_clipped_to_counted_time as (

    select
        bets.bet_key,
        bets.bet_id,
        bets.customer_id,
        bets.jurisdiction,
        bets.currency_code,
        bets.channel,
        bets.bet_type,
        jurisdictions.time_zone,
        bets.line_count,
        bets.revision,
        bets.stake_amount,
        bets.bonus_stake_amount,
        bets.potential_payout_amount,
        bets.is_in_play,
        coalesce(
            customers_counted.counted_from > bets.known_from, false
        ) as is_from_test_account,
        coalesce(
            customers_counted.counted_to <= bets.known_to
            and customers_counted.counted_to < {{ end_of_time() }}, false
        ) as is_until_test_account,
        {{ local_date('bets.placed_at', 'jurisdictions.time_zone') }} as placed_date,
        bets.placed_at,
        bets.first_known_at,
        greatest(
            bets.known_from,
            coalesce(customers_counted.counted_from, bets.known_from)
        ) as known_from,
        least(
            bets.known_to,
            coalesce(customers_counted.counted_to, bets.known_to)
        ) as known_to
    from bets
    inner join jurisdictions
        on bets.jurisdiction = jurisdictions.jurisdiction
    left join customers_counted
        on bets.customer_id = customers_counted.customer_id

)

select * from bets_clipped_to_counted_time
where known_from < known_to

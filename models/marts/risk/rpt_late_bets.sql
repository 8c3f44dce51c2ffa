with

legs as (

    select * from {{ ref('int_legs_timed') }}
    where closed_at is not null

),

spans as (

    select * from {{ ref('int_markets_closed') }}

),

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where known_to = {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('int_customers_testing') }}

),

thresholds as (

    select * from {{ ref('risk_thresholds') }}
    where threshold = 'grace_seconds'

),

late_legs as (

    select
        bets.bet_id,
        bets.customer_id,
        legs.event_id,
        legs.market_id,
        legs.selection_id,
        bets.jurisdiction,
        bets.currency_code,
        min(spans.reason) as closed_reason,
        legs.leg_no,
        cast(
            {{ dbt.datediff('legs.closed_at', 'bets.placed_at', 'second') }}
            as bigint
        ) as late_seconds,
        bets.stake_amount,
        bets.potential_payout_amount,
        bool_or(spans.is_confirmed) as is_confirmed,
        bets.placed_at,
        legs.closed_at,
        legs.known_at
    from legs
    inner join bets
        on legs.bet_key = bets.bet_key
    inner join spans
        on
            legs.market_id = spans.market_id
            and legs.closed_at = spans.closed_from
    left join test_accounts
        on bets.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null
    group by
        bets.bet_id,
        bets.customer_id,
        legs.event_id,
        legs.market_id,
        legs.selection_id,
        bets.jurisdiction,
        bets.currency_code,
        legs.leg_no,
        bets.stake_amount,
        bets.potential_payout_amount,
        bets.placed_at,
        legs.closed_at,
        legs.known_at

),

-- Clocks of two systems differ a little.
late_bets as (

    select late_legs.*
    from late_legs
    inner join thresholds
        on
            late_legs.late_seconds > thresholds.value
            and late_legs.placed_at >= thresholds.valid_from
            and late_legs.placed_at < thresholds.valid_to

)

select * from late_bets

with

legs as {{ kept() }} (

    select * from {{ ref('int_legs_timed') }}
    where closed_at is not null

),

spans as (

    select
        market_id,
        closed_from,
        min(reason) as reason,
        bool_or(is_confirmed) as is_confirmed
    from {{ ref('int_markets_closed') }}
    group by market_id, closed_from

),

bets as {{ kept() }} (

    select
        bet_key,
        bet_id,
        jurisdiction,
        potential_payout_amount
    from {{ ref('stg_betting__bets') }}
    where
        known_to >= {{ end_of_time() }}
        and bet_key in (select legs.bet_key from legs)

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

late_legs as (

    select
        bets.bet_id,
        legs.customer_id,
        legs.event_id,
        legs.market_id,
        legs.selection_id,
        bets.jurisdiction,
        legs.currency_code,
        spans.reason as closed_reason,
        legs.leg_no,
        cast(
            {{ dbt.datediff('legs.closed_at', 'legs.placed_at', 'second') }}
            as bigint
        ) as late_seconds,
        legs.stake_amount,
        bets.potential_payout_amount,
        spans.is_confirmed,
        legs.placed_at,
        legs.closed_at,
        legs.known_at
    from legs
    inner join bets on legs.bet_key = bets.bet_key
    inner join spans
        on
            legs.market_id = spans.market_id
            and legs.closed_at = spans.closed_from
    left join test_accounts
        on legs.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

),

customers_of_spans as (

    select
        market_id,
        closed_at,
        count(distinct customer_id) as customer_count
    from late_legs
    group by market_id, closed_at

),

-- Clocks differ a little. When several customers bet while a market is said to be
-- suspended, it was open, and the word of its resumption is missing.
late_bets as (

    select
        late_legs.bet_id,
        late_legs.customer_id,
        late_legs.event_id,
        late_legs.market_id,
        late_legs.selection_id,
        late_legs.jurisdiction,
        late_legs.currency_code,
        late_legs.closed_reason,
        late_legs.leg_no,
        late_legs.late_seconds,
        late_legs.stake_amount,
        late_legs.potential_payout_amount,
        late_legs.is_confirmed
        or customers_of_spans.customer_count
        < {{ risk_threshold('late_bets', 'gap_customers') }} as is_confirmed,
        late_legs.placed_at,
        late_legs.closed_at,
        late_legs.known_at
    from late_legs
    inner join customers_of_spans
        on
            late_legs.market_id = customers_of_spans.market_id
            and late_legs.closed_at = customers_of_spans.closed_at
    where late_legs.late_seconds > {{ risk_threshold('late_bets', 'grace_seconds') }}

)

select * from late_bets

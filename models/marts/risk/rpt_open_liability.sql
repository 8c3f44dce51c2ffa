with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

legs as (

    select * from {{ ref('int_open_legs_revealed') }}

),

-- A bet with two legs on one selection counts once there.
backed_selections as (

    select
        bet_key,
        event_id,
        market_id,
        selection_id
    from legs
    group by bet_key, event_id, market_id, selection_id

),

backed_markets as (

    select
        bet_key,
        event_id,
        market_id
    from legs
    group by bet_key, event_id, market_id

),

selections as (

    select
        backed_selections.event_id,
        backed_selections.market_id,
        backed_selections.selection_id,
        open_bets.currency_code,
        count(*) as open_bet_count,
        sum(open_bets.open_stake_amount) as open_stake_amount,
        sum(open_bets.potential_payout_amount) as potential_payout_amount
    from backed_selections
    inner join open_bets
        on backed_selections.bet_key = open_bets.bet_key
    group by
        backed_selections.event_id,
        backed_selections.market_id,
        backed_selections.selection_id,
        open_bets.currency_code

),

market_stakes as (

    select
        backed_markets.event_id,
        backed_markets.market_id,
        open_bets.currency_code,
        sum(open_bets.open_stake_amount) as open_stake_amount
    from backed_markets
    inner join open_bets
        on backed_markets.bet_key = open_bets.bet_key
    group by
        backed_markets.event_id,
        backed_markets.market_id,
        open_bets.currency_code

),

selections_with_worst_case as (

    select
        selections.event_id,
        selections.market_id,
        selections.selection_id,
        selections.currency_code,
        selections.open_bet_count,
        cast(selections.open_stake_amount as decimal(18, 2)) as open_stake_amount,
        cast(selections.potential_payout_amount as decimal(18, 2))
            as potential_payout_amount,
        cast(
            max(selections.potential_payout_amount) over (
                partition by
                    selections.event_id,
                    selections.market_id,
                    selections.currency_code
            ) - market_stakes.open_stake_amount as decimal(18, 2)
        ) as worst_case_loss_amount
    from selections
    inner join market_stakes
        on
            selections.event_id = market_stakes.event_id
            and selections.market_id = market_stakes.market_id
            and selections.currency_code = market_stakes.currency_code

)

select * from selections_with_worst_case

with

legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

market_payouts as (

    select * from {{ ref('int_market_payouts_summed') }}

),

bets_on_markets as (

    select
        bet_key,
        event_id,
        market_id,
        currency_code,
        open_stake_amount
    from legs
    group by bet_key, event_id, market_id, currency_code, open_stake_amount

),

markets as (

    select
        event_id,
        market_id,
        currency_code,
        count(*) as open_bet_count,
        sum(open_stake_amount) as open_stake_amount
    from bets_on_markets
    group by event_id, market_id, currency_code

),

-- The certain payouts have no selection. That none of the backed selections wins is an
-- outcome too.
payouts_of_markets as (

    select
        event_id,
        market_id,
        currency_code,
        sum(case when selection_id is null then payout_amount else 0 end)
            as certain_payout_amount,
        greatest(
            coalesce(max(case when selection_id is not null then payout_amount end), 0),
            0
        ) as largest_payout_amount
    from market_payouts
    group by event_id, market_id, currency_code

),

dearest_selections as (

    select
        event_id,
        market_id,
        selection_id,
        currency_code
    from market_payouts
    where selection_id is not null and payout_amount > 0
    qualify
        row_number() over (
            partition by event_id, market_id, currency_code
            order by payout_amount desc nulls last, selection_id asc nulls last
        ) = 1

),

exposures as (

    select
        markets.event_id,
        markets.market_id,
        dearest_selections.selection_id as worst_case_selection_id,
        markets.currency_code,
        cast(markets.open_bet_count as bigint) as open_bet_count,
        cast(markets.open_stake_amount as decimal(18, 2)) as open_stake_amount,
        cast(coalesce(payouts_of_markets.certain_payout_amount, 0) as decimal(18, 2))
            as certain_payout_amount,
        cast(
            coalesce(payouts_of_markets.certain_payout_amount, 0)
            + coalesce(payouts_of_markets.largest_payout_amount, 0)
            - markets.open_stake_amount as decimal(18, 2)
        ) as worst_case_loss_amount
    from markets
    left join payouts_of_markets
        on
            markets.event_id = payouts_of_markets.event_id
            and markets.market_id = payouts_of_markets.market_id
            and markets.currency_code = payouts_of_markets.currency_code
    left join dearest_selections
        on
            markets.event_id = dearest_selections.event_id
            and markets.market_id = dearest_selections.market_id
            and markets.currency_code = dearest_selections.currency_code

)

select * from exposures

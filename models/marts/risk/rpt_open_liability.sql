with

legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

market_payouts as (

    select * from {{ ref('int_market_payouts_summed') }}

),

markets as (

    select * from {{ ref('rpt_market_exposures') }}

),

-- A bet with two legs on one selection counts once there.
bets_on_selections as (

    select
        bet_key,
        event_id,
        market_id,
        selection_id,
        currency_code,
        open_stake_amount,
        case when bet_state = 'lost' then 0 else most_payout_amount end
            as potential_payout_amount,
        case when bet_state = 'alive' then 1 else 0 end as alive_count
    from legs
    group by
        bet_key,
        event_id,
        market_id,
        selection_id,
        currency_code,
        open_stake_amount,
        most_payout_amount,
        bet_state

),

selections as (

    select
        event_id,
        market_id,
        selection_id,
        currency_code,
        count(*) as open_bet_count,
        sum(open_stake_amount) as open_stake_amount,
        sum(potential_payout_amount) as potential_payout_amount,
        sum(alive_count) > 0 as is_undecided
    from bets_on_selections
    group by event_id, market_id, selection_id, currency_code

),

selections_with_loss as (

    select
        selections.event_id,
        selections.market_id,
        selections.selection_id,
        selections.currency_code,
        cast(selections.open_bet_count as bigint) as open_bet_count,
        cast(selections.open_stake_amount as decimal(18, 2)) as open_stake_amount,
        cast(selections.potential_payout_amount as decimal(18, 2))
            as potential_payout_amount,
        cast(
            coalesce(market_payouts.payout_amount, 0)
            + markets.certain_payout_amount
            - markets.open_stake_amount as decimal(18, 2)
        ) as loss_if_it_wins_amount,
        markets.worst_case_loss_amount,
        selections.is_undecided
    from selections
    inner join markets
        on
            selections.event_id = markets.event_id
            and selections.market_id = markets.market_id
            and selections.currency_code = markets.currency_code
    left join market_payouts
        on
            selections.event_id = market_payouts.event_id
            and selections.market_id = market_payouts.market_id
            and selections.selection_id = market_payouts.selection_id
            and selections.currency_code = market_payouts.currency_code

)

select
    event_id,
    market_id,
    selection_id,
    currency_code,
    open_bet_count,
    open_stake_amount,
    potential_payout_amount,
    case when is_undecided then loss_if_it_wins_amount end as loss_if_it_wins_amount,
    worst_case_loss_amount,
    is_undecided
from selections_with_loss

-- What: for each bet that counts, the ledger's sums state the position of the bet's
-- latest settlement version in the snapshot; without one, nothing is settled.
-- When it matters: ledger and snapshot take in the same loads on two ways; if they
-- differ, revenue or the history of settlements is wrong.
-- What to do: read the bet's rows in fct_bet_ledger_entries and in
-- snap_betting__settlements side by side; `build --full-refresh` makes the ledger anew.
{{ config(group='finance', tags='whole_history') }}

with

bets as (

    select * from {{ ref('int_bets_versioned') }}
    where known_to >= {{ end_of_time() }}

),

settlements as (

    select * from {{ ref('snap_betting__settlements') }}
    where known_to >= {{ end_of_time() }}

),

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}

),

positions as (

    select
        bet_key,
        settled_stake_amount,
        payout_amount
    from settlements
    qualify row_number() over (
        partition by bet_key order by settlement_version desc nulls last
    ) = 1

),

entries_summed as (

    select
        bet_key,
        sum(handle_amount) as handle_amount,
        sum(settled_stake_amount) as settled_stake_amount,
        sum(payout_amount) as payout_amount
    from entries
    group by bet_key

),

bets_by_both as (

    select
        bets.bet_id,
        bets.stake_amount,
        entries_summed.handle_amount,
        coalesce(positions.settled_stake_amount, 0) as settled_stake_in_snapshot,
        entries_summed.settled_stake_amount as settled_stake_in_ledger,
        coalesce(positions.payout_amount, 0) as payout_in_snapshot,
        entries_summed.payout_amount as payout_in_ledger
    from bets
    left join positions
        on bets.bet_key = positions.bet_key
    left join entries_summed
        on bets.bet_key = entries_summed.bet_key

)

select * from bets_by_both
where
    handle_amount is null
    or handle_amount <> stake_amount
    or settled_stake_in_ledger <> settled_stake_in_snapshot
    or payout_in_ledger <> payout_in_snapshot

"""The same mart relations, written by hand for DuckDB alone.

Reads the raw tables of a warehouse and writes the marts into another file; run as a
program of its own so that its CPU time and memory can be measured.
"""

import sys
from pathlib import Path

import duckdb

# One pass over bets and one over settlements. Only bets with more than one statement go
# through windows; everything else posts itself.
STATEMENTS = (
    """
    create temp table zones as
    select jurisdiction, time_zone from wh.reference.jurisdictions
    """,
    """
    create temp table messy as
    select bet_key from wh.raw.betting__bet_settlements
    where settlement_version > 1 or revision > 1
    union
    select bet_key from wh.raw.betting__bets_placed where revision > 1
    union
    select bet_key from wh.raw.betting__bets_placed
    where customer_id in (
        select customer_id from wh.raw.customers__customer_profiles
        where is_test_account
    )
    """,
    # One load, so a bet has one known moment; its standing revision is all there is.
    """
    create temp table test_accounts as
    select distinct customer_id from wh.raw.customers__customer_profiles
    where is_test_account and replaced_at is null
    """,
    """
    create table ledger as
    with b as (
        select bets.*, zones.time_zone,
            cast(timezone(time_zone, timezone('UTC', placed_at)) as date) as placed_date
        from wh.raw.betting__bets_placed as bets
        join zones using (jurisdiction)
        anti join test_accounts using (customer_id)
        where replaced_at is null
    ),
    s as (
        select bet_key, settlement_version, settlement_status, settled_at,
            settled_stake_amount, payout_amount
        from wh.raw.betting__bet_settlements
        where replaced_at is null and settlement_version = 1
    ),
    again as (
        select bet_key, settlement_version, settlement_status, settled_at,
            settled_stake_amount - lag(settled_stake_amount, 1, 0) over versions
                as settled_stake_amount,
            payout_amount - lag(payout_amount, 1, 0) over versions as payout_amount
        from wh.raw.betting__bet_settlements
        semi join messy using (bet_key)
        where replaced_at is null
        window versions as (partition by bet_key order by settlement_version)
        qualify settlement_version > 1
    ),
    settled as (
        select * from s
        union all by name
        select * from again
    )
    select bet_key, bet_id, customer_id, jurisdiction, currency_code,
        'placement' as cause, null::varchar as settlement_status,
        0 as settlement_version, 1 as bet_count, stake_amount as handle_amount,
        0::decimal(18, 2) as settled_stake_amount, 0::decimal(18, 2) as payout_amount,
        bonus_stake_amount as bonus_handle_amount,
        0::decimal(18, 2) as bonus_settled_stake_amount,
        0::decimal(18, 2) as bonus_payout_amount,
        placed_date, placed_date as effective_date, known_at
    from b
    union all
    select b.bet_key, b.bet_id, b.customer_id, b.jurisdiction, b.currency_code,
        case settlement_status
            when 'rolled_back' then 'rollback' when 'void' then 'void'
            when 'cancelled' then 'cancellation' when 'cashed_out' then 'cash_out'
            when 'partially_cashed_out' then 'cash_out'
            else 'settlement' end,
        settlement_status, settlement_version, 0, 0,
        settled_stake_amount, payout_amount, 0,
        case when bonus_stake_amount = 0 then 0
            when bonus_stake_amount = stake_amount then settled_stake_amount
            else round(settled_stake_amount * bonus_stake_amount / stake_amount, 2) end,
        case when bonus_stake_amount = 0 then 0
            when bonus_stake_amount = stake_amount then payout_amount
            else round(payout_amount * bonus_stake_amount / stake_amount, 2) end,
        b.placed_date,
        cast(timezone(time_zone, timezone('UTC', settled_at)) as date), b.known_at
    from settled join b using (bet_key)
    """,
    """
    create table daily_revenue_versions as
    with summed as materialized (
        select jurisdiction, currency_code, placed_date, effective_date, known_at,
            sum(bet_count) as bet_count, sum(handle_amount) as handle_amount,
            sum(settled_stake_amount) as settled_stake_amount,
            sum(payout_amount) as payout_amount,
            sum(bonus_handle_amount) as bonus_handle_amount,
            sum(bonus_settled_stake_amount) as bonus_settled_stake_amount,
            sum(bonus_payout_amount) as bonus_payout_amount
        from ledger group by all
    ),
    by_basis as (
        select 'placed' as basis, placed_date as gaming_date, * from summed
        union all
        select 'settled', effective_date, * from summed
    )
    select basis, gaming_date, jurisdiction, currency_code, known_at,
        sum(bet_count) as bet_count, sum(handle_amount) as handle_amount,
        sum(settled_stake_amount) as settled_stake_amount,
        sum(payout_amount) as payout_amount,
        sum(bonus_handle_amount) as bonus_handle_amount,
        sum(bonus_settled_stake_amount) as bonus_settled_stake_amount,
        sum(bonus_payout_amount) as bonus_payout_amount
    from by_basis group by all
    """,
    """
    create table open_bets as
    with positions as (
        select bet_key, arg_max(settled_stake_amount, settlement_version) as settled
        from wh.raw.betting__bet_settlements semi join messy using (bet_key)
        where replaced_at is null group by bet_key
        union all
        select bet_key, settled_stake_amount
        from wh.raw.betting__bet_settlements anti join messy using (bet_key)
    )
    select bets.bet_key, bet_id, customer_id, jurisdiction, currency_code, channel,
        bet_type, line_count, stake_amount,
        stake_amount - coalesce(settled, 0) as open_stake_amount,
        round(potential_payout_amount * (stake_amount - coalesce(settled, 0))
            / stake_amount, 2)::decimal(18, 2) as potential_payout_amount,
        is_in_play, placed_at, known_at, revision
    from wh.raw.betting__bets_placed as bets
    anti join test_accounts using (customer_id)
    left join positions using (bet_key)
    where replaced_at is null and stake_amount > coalesce(settled, 0)
    """,
    """
    create table open_liability as
    with legs as (
        select distinct bet_key, event_id, market_id, selection_id
        from wh.raw.betting__bets_placed__legs
        join open_bets using (bet_key, revision)
    ),
    markets as (
        select event_id, market_id, currency_code, sum(open_stake_amount) as stake
        from (select distinct bet_key, event_id, market_id from legs)
        join open_bets using (bet_key) group by all
    )
    select *, max(potential_payout_amount) over (
            partition by event_id, market_id, currency_code
        ) - stake as worst_case_loss_amount
    from (
        select event_id, market_id, selection_id, currency_code,
            count(*) as open_bet_count, sum(open_stake_amount) as open_stake_amount,
            sum(potential_payout_amount) as potential_payout_amount
        from legs join open_bets using (bet_key)
        group by all
    ) join markets using (event_id, market_id, currency_code)
    """,
    """
    create table settlement_ageing as
    select jurisdiction, currency_code, bet_type,
        date_diff('hour', placed_at, known_at) // 24 as days,
        count(*), sum(open_stake_amount), sum(potential_payout_amount), min(placed_at)
    from open_bets group by all
    """,
    """
    create table settlement_tracking as
    select jurisdiction, currency_code, cause, settlement_status, known_at,
        count(*), sum(settled_stake_amount), sum(payout_amount),
        min(effective_date), max(effective_date)
    from ledger where settlement_version > 0 group by all
    """,
    """
    create table selections as
    select event_id, market_id, selection_id, min(known_at) as first_known_at
    from wh.raw.betting__bets_placed__legs group by all
    """,
    """
    create table markets as
    select event_id, market_id, count(*), min(first_known_at) as first_known_at
    from selections group by all
    """,
    """
    create table events as
    select event_id, count(*), min(first_known_at) from markets group by all
    """,
)


def main(warehouse: Path, target: Path) -> None:
    """Write the marts of one load into `target`."""
    with duckdb.connect(
        str(target), config={"threads": "2", "memory_limit": "3GB"}
    ) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        location = str(warehouse).replace("'", "''")
        connection.execute(f"attach '{location}' as wh (read_only)")
        for statement in STATEMENTS:
            connection.execute(statement)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

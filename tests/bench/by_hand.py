"""The same mart relations, written by hand for DuckDB alone.

Reads the raw tables of a warehouse and writes the marts into another file; run as a
program of its own so that its CPU time and memory can be measured.
"""

import sys
from pathlib import Path

import duckdb

# One pass over bets and one over settlements. Only bets with more than one statement go
# through windows; everything else posts itself.
# A share of money in whole cents, half up, as the warehouse states it.
SHARE = """
    case when {part} = 0 then 0
        when {part} = stake_amount then {amount}
        else cast((
            2 * cast({amount} * 100 as bigint) * cast({part} * 100 as bigint)
            + cast(stake_amount * 100 as bigint)
        ) // (2 * cast(stake_amount * 100 as bigint)) as decimal(18, 0)) * 0.01
    end::decimal(18, 2)
"""
CAUSE = """
    case settlement_status
        when 'rolled_back' then 'rollback' when 'void' then 'void'
        when 'cancelled' then 'cancellation' when 'cashed_out' then 'cash_out'
        when 'partially_cashed_out' then 'cash_out'
        else {0} end
"""
RESETTLED = """
    case when before not in ('rolled_back', 'partially_cashed_out')
        then 'resettlement' else 'settlement' end
"""
BONUS_SETTLED = SHARE.format(amount="settled_stake_amount", part="bonus_stake_amount")
BONUS_PAYOUT = SHARE.format(amount="payout_amount", part="bonus_stake_amount")
NOTHING = "0::decimal(18, 2)"

# One load, so a row that was not replaced is all there is to a key. Bets are scanned
# twice, which is cheaper than keeping them; only bets with several versions go through
# a window.
STATEMENTS = (
    """
    create temp table zones as
    select jurisdiction, time_zone from wh.reference.jurisdictions
    """,
    """
    create temp table test_accounts as
    select distinct customer_id from wh.raw.customers__customer_profiles
    where is_test_account and replaced_at is null
    """,
    """
    create temp view bets as
    select bet_key, bet_id, customer_id, jurisdiction, currency_code, channel,
        bet_type, line_count, revision, stake_amount, bonus_stake_amount,
        potential_payout_amount, is_in_play, time_zone, placed_at, known_at,
        cast(timezone(time_zone, timezone('UTC', placed_at)) as date) as placed_date
    from wh.raw.betting__bets_placed
    join zones using (jurisdiction)
    anti join test_accounts using (customer_id)
    where replaced_at is null
    """,
    """
    create temp view versions as
    select bet_key, settlement_version, settlement_status, settled_at,
        settled_stake_amount, payout_amount
    from wh.raw.betting__bet_settlements where replaced_at is null
    """,
    """
    create temp table again as
    select bet_key, settlement_version
    from wh.raw.betting__bet_settlements
    where replaced_at is null and settlement_version > 1
    """,
    f"""
    create table ledger as
    select bet_key, bet_id, customer_id, jurisdiction, currency_code,
        channel, 'placement' as cause, null::varchar as settlement_status,
        0 as settlement_version, 1 as bet_count, stake_amount as handle_amount,
        {NOTHING} as settled_stake_amount, {NOTHING} as payout_amount,
        bonus_stake_amount as bonus_handle_amount,
        {NOTHING} as bonus_settled_stake_amount, {NOTHING} as bonus_payout_amount,
        is_in_play, placed_date, placed_date as effective_date, known_at
    from bets
    """,
    f"""
    insert into ledger
    with placements as (
        select * exclude (
                cause, settlement_status, settlement_version,
                settled_stake_amount, payout_amount
            ), handle_amount as stake_amount, bonus_handle_amount as bonus_stake_amount
        from ledger join zones using (jurisdiction)
    )
    select bet_key, bet_id, customer_id, jurisdiction, currency_code, channel,
        {CAUSE.format("'settlement'")}, settlement_status, settlement_version, 0,
        {NOTHING}, settled_stake_amount, payout_amount, {NOTHING},
        {BONUS_SETTLED}, {BONUS_PAYOUT},
        is_in_play, placed_date,
        cast(timezone(time_zone, timezone('UTC', settled_at)) as date), known_at
    from placements join versions using (bet_key) where settlement_version = 1
    """,
    f"""
    insert into ledger
    with versions_again as materialized (
        select * from versions semi join again using (bet_key)
    ),
    positions as (
        select bets.*, versions_again.* exclude bet_key,
            {BONUS_SETTLED} as bonus_settled_stake_amount,
            {BONUS_PAYOUT} as bonus_payout_amount
        from bets join versions_again using (bet_key)
    ),
    steps as (
        select *,
            settled_stake_amount - lag(settled_stake_amount, 1, 0) over earlier as s,
            payout_amount - lag(payout_amount, 1, 0) over earlier as p,
            bonus_settled_stake_amount
                - lag(bonus_settled_stake_amount, 1, 0) over earlier as bs,
            bonus_payout_amount - lag(bonus_payout_amount, 1, 0) over earlier as bp,
            lag(settlement_status) over earlier as before
        from positions
        window earlier as (partition by bet_key order by settlement_version)
        qualify settlement_version > 1
    )
    select bet_key, bet_id, customer_id, jurisdiction, currency_code, channel,
        {CAUSE.format(RESETTLED)}, settlement_status, settlement_version, 0,
        {NOTHING}, s, p, {NOTHING}, bs, bp, is_in_play, placed_date,
        cast(timezone(time_zone, timezone('UTC', settled_at)) as date), known_at
    from steps where s <> 0 or p <> 0 or bs <> 0 or bp <> 0
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
    f"""
    create table open_bets as
    with settled as (
        select bet_key, settled_stake_amount as settled
        from versions anti join again using (bet_key)
        union all
        select bet_key, arg_max(settled_stake_amount, settlement_version)
        from versions semi join again using (bet_key) group by bet_key
    ),
    open as (
        select bets.*, stake_amount - coalesce(settled, 0) as open_stake_amount
        from bets left join settled using (bet_key)
        where stake_amount > coalesce(settled, 0)
    )
    select bet_key, bet_id, customer_id, jurisdiction, currency_code, channel,
        bet_type, line_count, stake_amount, open_stake_amount,
        {SHARE.format(amount="potential_payout_amount", part="open_stake_amount")}
            as potential_payout_amount,
        is_in_play, placed_date, placed_at, known_at, revision
    from open
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
        connection.execute("attach ? as wh (read_only)", [str(warehouse)])
        for statement in STATEMENTS:
            connection.execute(statement)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

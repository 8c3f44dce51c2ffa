"""What it takes to ask "as known at T", asked of three kinds of history.

`make bench-asof`: 100 million ledger entries, beside the same history as validity
intervals joined to bets and as a version log read with a window. Every question is
asked three times in a process of its own; the least CPU seconds count. All three must
give the same figures.
"""

import resource
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from tests.bench.__main__ import measured

MONTH = ("2026-03-01", "2026-03-31")
DAY = ("2026-03-15", "2026-03-15")
KNOWN_AT = "2026-04-01 00:00:00"
CONFIG = {"threads": "2", "memory_limit": "4GB"}
JURISDICTIONS = "['GB', 'ES', 'NL', 'US-NJ', 'US-NY']"

# Half as many bets as entries, over 120 days, 96 loads a day. A bet is settled within
# hours, one in ten within a week, and one settlement in twenty is stated again.
DAYS = 120
_STORIES = f"""
    create table stories as
    with bets as (
        select id as bet_key, {JURISDICTIONS}[1 + cast(hash(id) % 5 as int)]
                as jurisdiction,
            cast((100 + hash(id + 1) % 9900) * 0.01 as decimal(18, 2)) as stake_amount,
            date '2026-01-01' + cast(id * {DAYS} // {{bets}} as int) as placed_date,
            timestamp '2026-01-01'
                + to_minutes(15 * (id * {DAYS * 96} // {{bets}} + 1)) as known_at
        from range({{bets}}) as t(id)
    ),
    settled as (
        select *, case when hash(bet_key + 2) % 2 = 0 then cast(0 as decimal(18, 2))
                else cast(stake_amount * 1.9 as decimal(18, 2)) end as payout_amount,
            known_at + to_minutes(cast(15 * (1 + case
                when hash(bet_key + 3) % 10 = 0 then hash(bet_key + 4) % 672
                else hash(bet_key + 4) % 12 end) as int)) as settled_at
        from bets
    )
    select *, case when hash(bet_key + 6) % 20 = 0 then settled_at
        + to_minutes(cast(15 * (1 + hash(bet_key + 5) % 1000) as int)) end
            as resettled_at
    from settled
"""
_LEDGER = """
    select bet_key, jurisdiction, 1 as bet_count, stake_amount as handle_amount,
        cast(0 as decimal(18, 2)) as settled_stake_amount,
        cast(0 as decimal(18, 2)) as payout_amount, placed_date, known_at
    from stories
    union all
    select bet_key, jurisdiction, 0, 0, stake_amount, payout_amount, placed_date,
        settled_at
    from stories
    union all
    select bet_key, jurisdiction, 0, 0, 0, stake_amount - 2 * payout_amount,
        placed_date, resettled_at
    from stories where resettled_at is not null
"""
_INTERVALS = """
    select bet_key, placed_date, 1 as settlement_version,
        stake_amount as settled_stake_amount, payout_amount, settled_at as known_at,
        coalesce(resettled_at, timestamp '9999-12-31') as known_to
    from stories
    union all
    select bet_key, placed_date, 2, stake_amount, stake_amount - payout_amount,
        resettled_at, timestamp '9999-12-31'
    from stories where resettled_at is not null
"""
HISTORIES = {
    "bets": "select bet_key, jurisdiction, stake_amount, placed_date, known_at "
    "from stories",
    "ledger": _LEDGER,
    "intervals": _INTERVALS,
    "versions": f"select * exclude known_to from ({_INTERVALS})",
}
# A bet is placed on its gaming day, so nothing of a day is known before it: a time
# predicate that all three are given.
_LEDGER_QUERY = """
    select jurisdiction, sum(bet_count)::bigint, sum(handle_amount),
        sum(settled_stake_amount - payout_amount)
    from ledger
    where placed_date between $first and $last and known_at <= $known_at
        and known_at >= cast($first as date)
    group by jurisdiction order by jurisdiction
"""
_OF_BETS = """
    select jurisdiction, count(*)::bigint, sum(stake_amount),
        sum(coalesce(settled_stake_amount - payout_amount, 0))
    from bets left join settled using (bet_key)
    where placed_date between $first and $last and known_at <= $known_at
        and known_at >= cast($first as date)
    group by jurisdiction order by jurisdiction
"""
_INTERVALS_QUERY = f"""
    with settled as (
        select bet_key, settled_stake_amount, payout_amount from intervals
        where placed_date between $first and $last
            and known_at <= $known_at and $known_at < known_to
            and known_at >= cast($first as date)
    )
    {_OF_BETS}
"""
_LOG_QUERY = f"""
    with settled as (
        select bet_key, settled_stake_amount, payout_amount from versions
        where placed_date between $first and $last
            and known_at <= $known_at and known_at >= cast($first as date)
        qualify row_number() over (
            partition by bet_key order by settlement_version desc
        ) = 1
    )
    {_OF_BETS}
"""
QUERIES = {
    "ledger": _LEDGER_QUERY,
    "validity intervals": _INTERVALS_QUERY,
    "version log": _LOG_QUERY,
}
PERIODS = {"one day": DAY, "one month": MONTH}
app = typer.Typer(add_completion=False)


@app.command()
def generate(database: Path, entries: int) -> None:
    """Write all three histories into a new database, in the order of loads."""
    with duckdb.connect(str(database), config=CONFIG) as connection:
        connection.execute("set enable_progress_bar = false")
        # An entry for each bet, one for its settlement, one in twenty for another.
        connection.execute(_STORIES.format(bets=int(entries / 2.05)))
        for name, rows in HISTORIES.items():
            connection.execute(f"create table {name} as from ({rows}) limit 0")
            for day in range(DAYS + 20):
                start = f"timestamp '2026-01-01' + interval {day} day"
                connection.execute(
                    f"insert into {name} from ({rows}) where known_at >= {start} "
                    f"and known_at < {start} + interval 1 day order by known_at"
                )
        connection.execute("drop table stories")


@app.command()
def ask(database: Path, history: str, period: str) -> None:
    """Print the least CPU seconds of three askings, and the figures' checksum."""
    first, last = PERIODS[period]
    bound = {"first": first, "last": last, "known_at": KNOWN_AT}
    with duckdb.connect(str(database), read_only=True, config=CONFIG) as connection:
        costs = []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_SELF)
            rows = connection.execute(QUERIES[history], bound).fetchall()
            after = resource.getrusage(resource.RUSAGE_SELF)
            costs.append(
                after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            )
    (database.parent / "answer").write_text(f"{min(costs)}\n{rows}")


@app.callback(invoke_without_command=True)
def compare(
    context: typer.Context,
    entries: Annotated[int, typer.Option(min=1000)] = 100_000_000,
) -> None:
    """Generate, ask and print."""
    if context.invoked_subcommand:
        return
    table = Table("asked of", *(f"{period}: CPU s" for period in PERIODS))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = home / "histories.duckdb"
        measured(
            home, "-m", "tests.bench.asof", "generate", str(database), str(entries)
        )
        with duckdb.connect(str(database), read_only=True) as connection:
            [(rows,)] = connection.execute("select count(*) from ledger").fetchall()
        answers: dict[str, set[str]] = {period: set() for period in PERIODS}
        for history in QUERIES:
            costs = []
            for period in PERIODS:
                measured(
                    home,
                    "-m",
                    "tests.bench.asof",
                    "ask",
                    str(database),
                    history,
                    period,
                )
                cost, answer = (home / "answer").read_text().split("\n", 1)
                answers[period].add(answer)
                costs.append(f"{float(cost):.2f}")
            table.add_row(history, *costs)
        size = database.stat().st_size / 1e9
    Console().print(table)
    agreed = all(len(different) == 1 for different in answers.values())
    typer.echo(
        f"{rows:,} ledger entries, {size:.1f} GB with all three histories; "
        f"the figures {'agree' if agreed else 'DIFFER'}."
    )
    sys.exit(0 if agreed else 3)


if __name__ == "__main__":
    app()

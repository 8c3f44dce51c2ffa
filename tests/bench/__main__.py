"""Compare load and build with hand-written SQL: `python -m tests.bench [BETS]`.

Every measurement is a process of its own, one after the other on the same machine and
the same input; ratios travel, seconds do not. History comes at a million bets a day.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import duckdb
import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.table import Table

from orchestration.simulator import CORE, Delivery, SimulationConfig, simulate

BETS_A_DAY = 1_000_000
BATCH_BETS = 35_000
BATCHES = 3
WAREHOUSE = "from orchestration.cli import main; main()"
AMOUNTS = """
    bet_count, handle_amount, settled_stake_amount, payout_amount,
    bonus_handle_amount, bonus_settled_stake_amount, bonus_payout_amount
"""
SAME = {
    "finance.fct_bet_ledger_entries": (
        "ledger",
        f"""
        bet_id, customer_id, jurisdiction, currency_code, channel, cause,
        settlement_status, settlement_version, is_in_play, placed_date,
        effective_date, known_at, {AMOUNTS}
        """,
    ),
    "finance.rpt_daily_revenue_versions": (
        "daily_revenue_versions",
        f"basis, gaming_date, jurisdiction, currency_code, {AMOUNTS}",
    ),
    "finance.fct_open_bets": (
        "open_bets",
        """
        bet_id, customer_id, jurisdiction, currency_code, channel, bet_type, line_count,
        stake_amount, open_stake_amount, potential_payout_amount, is_in_play,
        placed_date, placed_at
        """,
    ),
}
"""Mart: the hand-written relation that must equal it, and the columns."""
app = typer.Typer(add_completion=False)
console = Console(stderr=True)


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system), wall seconds and peak memory of a process."""

    cpu: float
    wall: float
    gigabytes: float


def measured(home: Path, *command: str) -> Cost:
    """Run Python with these arguments to its end.

    Raises:
        RuntimeError: It failed; what it said is on standard error.
    """
    started = time.monotonic()
    process = os.spawnve(  # noqa: S606 - our own programs
        os.P_NOWAIT,
        sys.executable,
        [sys.executable, *command],
        os.environ | {"WAREHOUSE_HOME": str(home), "WAREHOUSE_MEMORY_LIMIT": "3GB"},
    )
    _, status, usage = os.wait4(process, 0)
    if status:
        message = f"{' '.join(command)} failed with status {status}"
        raise RuntimeError(message)
    return Cost(
        usage.ru_utime + usage.ru_stime,
        time.monotonic() - started,
        usage.ru_maxrss / 1024**2,
    )


def history(home: Path, bets: int) -> list[list[Delivery]]:
    """Simulate; let all but the last day appear in the landing zone.

    Returns:
        Batches of the last day, each of 35,000 bets or a little more.
    """
    config = SimulationConfig(
        seed=1,
        first_date=date(2026, 1, 5),
        sources=CORE,
        days=max(1, bets // BETS_A_DAY) + 1,
        bets_per_day=min(bets, BETS_A_DAY),
        customers=50_000,
        deliveries_per_day=48,
    )
    simulation = simulate(config, home / "outbox", truth=False)
    last_day = len(simulation.deliveries) - config.deliveries_per_day
    for delivery in simulation.deliveries[:last_day]:
        deliver(home, delivery)
    return list(_batches(home, simulation.deliveries[last_day:]))[:BATCHES]


def _batches(home: Path, deliveries: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    batch: list[Delivery] = []
    bets = 0
    for delivery in deliveries:
        batch.append(delivery)
        bets += sum(
            pq.read_metadata(home / "outbox" / file).num_rows
            for file in delivery.files
            if file.parts[1] == "bets_placed" and _is_parquet(home / "outbox" / file)
        )
        if bets >= BATCH_BETS:
            yield batch
            batch, bets = [], 0


def _is_parquet(file: Path) -> bool:
    content = file.read_bytes()
    return content[:4] == content[-4:] == b"PAR1"


def deliver(home: Path, delivery: Delivery) -> None:
    """Move a delivery's files into the landing zone."""
    for file in delivery.files:
        target = home / "landing" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        (home / "outbox" / file).replace(target)


def disagreements(home: Path, by_hand: Path) -> int:
    """Rows in which the warehouse and the hand-written SQL differ, over three marts."""
    with duckdb.connect(str(by_hand), read_only=True) as connection:
        connection.execute(f"attach '{home / 'warehouse.duckdb'}' as wh (read_only)")
        rows = 0
        for mart, (relation, columns) in SAME.items():
            # Equal values of unlike types hash apart; a union makes the types equal.
            ours, theirs = (
                f"select hash({columns}) as row_hash, count(*) as copies from ("
                f"select {columns} from {one} union all select {columns} from {other} "
                "where false) group by row_hash"
                for one, other in ((f"wh.{mart}", relation), (relation, f"wh.{mart}"))
            )
            row = connection.execute(
                f"""
                select coalesce(sum(abs(
                    coalesce(ours.copies, 0) - coalesce(theirs.copies, 0)
                )), 0)
                from ({ours}) as ours full join ({theirs}) as theirs using (row_hash)
                """
            ).fetchone()
            rows += int(row[0]) if row else 0
        return rows


def compare(bets: int, table: Table) -> list[float]:
    """Measure one history and its batches; CPU seconds of each batch."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        home = Path(folder)
        console.print(f"{bets:,} bets: simulating ...")
        batches = history(home, bets)
        console.print(f"{bets:,} bets: loading ...")
        load = measured(home, "-c", WAREHOUSE, "load")
        console.print(f"{bets:,} bets: building ...")
        models = measured(home, "-m", "tests.bench.models_only")
        console.print(f"{bets:,} bets: by hand ...")
        target = home / "by_hand.duckdb"
        by_hand = measured(
            home,
            "-m",
            "tests.bench.by_hand",
            str(home / "warehouse.duckdb"),
            str(target),
        )
        wrong = disagreements(home, target)
        target.unlink()
        console.print(f"{bets:,} bets: everything else ...")
        rest = measured(home, "-c", WAREHOUSE, "build")
        for what, cost in (
            ("load (files to raw)", load),
            ("build (ledger, revenue, open bets)", models),
            ("the same marts by hand", by_hand),
            ("all other marts, snapshots, tests", rest),
        ):
            _add(table, bets, what, cost, by_hand)
        table.add_row(f"{bets:,}", "rows that differ", f"{wrong}", "", "", "")
        costs = []
        for batch in batches:
            for delivery in batch:
                deliver(home, delivery)
            cost = [measured(home, "-c", WAREHOUSE, c) for c in ("load", "build")]
            costs.append(sum(c.cpu for c in cost))
            both = Cost(
                costs[-1], sum(c.wall for c in cost), max(c.gigabytes for c in cost)
            )
            _add(table, bets, "batch of 35,000: load and build", both, None)
        shutil.rmtree(home / "landing")
        return costs


def _add(table: Table, bets: int, what: str, cost: Cost, base: Cost | None) -> None:
    ratios = (
        (f"{cost.cpu / base.cpu:.2f}", f"{cost.wall / base.wall:.2f}")
        if base
        else ("", "")
    )
    table.add_row(
        f"{bets:,}", what, f"{cost.cpu:.1f}", f"{cost.gigabytes:.1f}", *ratios
    )


@app.command()
def main(
    bets: Annotated[int, typer.Argument(min=1000, help="Bets of history.")] = 1_000_000,
) -> None:
    """Measure a history of BETS; above a million also one of a million beside it."""
    table = Table("bets", "what", "CPU s", "peak GB", "CPU / by hand", "wall / by hand")
    small = compare(min(bets, BETS_A_DAY), table)
    large = compare(bets, table) if bets > BETS_A_DAY else None
    Console().print(table)
    if large:
        ratio = min(large) / min(small)
        typer.echo(f"A batch on {bets:,} costs {ratio:.2f} of one on 1,000,000 (CPU).")


if __name__ == "__main__":
    app()

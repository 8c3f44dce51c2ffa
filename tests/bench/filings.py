"""500 random reports, filing moments and later moments: `make bench-filings`.

A dirty operator's reports are filed at random moments, some in place of others; then
the other loads come. Every filing must be stated again bit by bit, what has changed
since must be explained without a residual, and the causes must be those of an
accountant in plain Python who saw every row of the simulation.
"""

import random
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.filings.file import file_report
from orchestration.filings.periods import period_of
from orchestration.filings.request import Request
from orchestration.simulator import Simulation
from tests.bench.filing_findings import Triple, judge
from tests.orchestration.system.operator_under_test import (
    Warehouse,
    beyond,
    simulated,
)

SOURCES = frozenset({"bonuses", "fx", "payments", "wallet"})
BEFORE = 5  # loads that are built when the first reports are filed


def begin(folder: Path) -> tuple[Simulation, Warehouse]:
    """An operator of eight dirty days, and a warehouse with the first loads, built."""
    simulation = simulated(
        folder / "outbox", seed=10, days=8, bets_per_day=250, sources=SOURCES
    )
    warehouse = Warehouse(folder / "home", beyond(SOURCES))
    load(warehouse, simulation, slice(BEFORE))
    warehouse.build()
    return simulation, warehouse


def load(warehouse: Warehouse, simulation: Simulation, part: slice) -> None:
    """Load some deliveries, each by itself."""
    for delivery in simulation.deliveries[part]:
        warehouse.take_in(simulation, delivery)


def file_at_random(
    simulation: Simulation, warehouse: Warehouse, triples: int
) -> list[Triple]:
    """File random reports as known at random moments; then load and build the rest."""
    pick = random.Random(17)  # noqa: S311 - a sample, no secret
    days = [date(2026, 3, 26) + timedelta(days=n) for n in range(4)]
    moments = [known_at for known_at, _ in warehouse.loads]
    filed: list[tuple[int, datetime]] = []
    standing: dict[tuple[str, str], int] = {}
    with open_warehouse(warehouse.settings) as connection:
        while len(filed) < triples:
            report, period = pick.choice(_reports(pick, days))
            moment = pick.choice(moments) + timedelta(hours=pick.uniform(0, 12))
            before = standing.get((report, period))
            request = Request(
                report, period_of(period), "Finance", "test", moment, before
            )
            try:
                number = file_report(connection, request)
            except WarehouseError as refused:
                if "Nothing is known" not in refused.message:
                    raise
                continue
            standing[report, period] = number
            filed.append((number, moment))
    load(warehouse, simulation, slice(BEFORE, None))
    warehouse.build(all_tests=True)
    later = [known_at for known_at, _ in warehouse.loads]
    return [
        (number, max(moment, pick.choice(later) + timedelta(hours=1)))
        for number, moment in filed
    ]


def _reports(pick: random.Random, days: list[date]) -> list[tuple[str, str]]:
    day = pick.choice(days).isoformat()
    return [
        ("daily_revenue", day),
        ("daily_revenue", day),
        ("monthly_revenue", "2026-03"),
        ("open_bets", day),
        ("open_bets", "2026-03"),
        ("customer_funds", day),
        ("tax_accruals", "2026-03"),
        ("tax_accruals", "2026-Q1"),
    ]


def main(triples: Annotated[int, typer.Argument(min=1)] = 500) -> None:
    """Try, and print what was found."""
    with tempfile.TemporaryDirectory() as folder:
        simulation, warehouse = begin(Path(folder))
        tried = file_at_random(simulation, warehouse, triples)
        found = judge(simulation, warehouse, tried)
    for line in (*found.residuals, *found.other_causes):
        typer.echo(f"WRONG {line}")
    typer.echo(
        f"{found.triples} filings of {found.lines:,} figures: "
        f"{found.triples - len(found.not_reproduced)} stated again bit by bit.\n"
        f"{found.figures:,} figures restated, {len(found.residuals)} with a residual.\n"
        f"{found.entries:,} entries of the ledger and {found.compared} restatements of "
        f"revenue compared with the accountant: {len(found.other_causes)} differ."
    )
    for cause, count in found.causes.most_common():
        typer.echo(f"  {cause:<20} {count:>6,} restated figures")
    sys.exit(0 if found.is_right else 3)


if __name__ == "__main__":
    typer.run(main)

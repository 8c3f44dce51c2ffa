"""`python -m tests.bench.serving`: readers against publications, and what those cost.

First 8 reader processes against 100 publishes and 20 rollbacks: any error that a reader
sees, and any answer that belongs to another version than the file says, is a failure.
Then the cost of a publication after a batch beside that of a full one, on a ledger of
two sizes. Both on a stand-in warehouse with every relation and every audience of the
project.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from orchestration.serving.publication import Options
from orchestration.serving.publish import publish
from orchestration.settings import Settings
from tests.serving.race import Race, race
from tests.serving.stand_in import StandIn

KEPT = 3
BATCH = 35_001


def spread(seconds: Sequence[float]) -> str:
    """Median and largest, in seconds."""
    return f"{statistics.median(seconds):.3f} s, at most {max(seconds):.3f} s"


def tell(found: Race) -> int:
    """Print what came of a race; how much was wrong."""
    seen = found.seen
    typer.echo(
        f"{found.readers} readers, {len(found.publish_seconds)} publishes, "
        f"{len(found.rollback_seconds)} rollbacks: {seen.opened:,} files opened, "
        f"{seen.answers:,} answers of {len(seen.versions)} versions, "
        f"{len(seen.errors)} errors, {len(seen.mixed)} mixed"
    )
    typer.echo(f"publish: {spread(found.publish_seconds)} (wall, beside the readers)")
    typer.echo(f"rollback: {spread(found.rollback_seconds)}")
    typer.echo(f"warehouse held for reading: {spread(found.held_seconds)}")
    for line in [*seen.errors, *seen.mixed][:10]:
        typer.echo(f"WRONG {line}")
    return len(seen.errors) + len(seen.mixed)


def cost(home: Path, ledger: int, table: Table) -> None:
    """Measure publications of a ledger of so many rows."""
    settings = Settings(home / str(ledger), kept_publications=KEPT)
    warehouse = StandIn(settings, ledger=ledger)
    _measure(table, settings, ledger, "full", Options(full=True))
    for number in range(KEPT + 3):
        warehouse.advance(new_rows=3, ledger=BATCH)
        what = "a batch, on a copy" if number < KEPT - 1 else "a batch, going on"
        _measure(table, settings, ledger, what, Options())
    _measure(table, settings, ledger, "full", Options(full=True))
    _measure(table, settings, ledger, "nothing new", Options())


def _measure(
    table: Table, settings: Settings, ledger: int, what: str, options: Options
) -> None:
    wall, cpu = time.monotonic(), time.process_time()
    done = publish(settings, options)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    held = done.seconds["warehouse"]
    size = sum(
        file.stat().st_size
        for file in settings.serving.glob(f"*/{done.version}.duckdb")
    )
    table.add_row(
        f"{ledger:,}", what, f"{wall:.2f}", f"{cpu:.2f}", f"{held:.2f}",
        f"{size / 1e6:,.0f}",
    )  # fmt: skip


def main(
    readers: Annotated[int, typer.Option(min=1)] = 8,
    publishes: Annotated[int, typer.Option(min=0, help="0: no race.")] = 100,
    rollbacks: Annotated[int, typer.Option(min=0)] = 20,
    entries: Annotated[
        int, typer.Option(help="Ledger entries, and a tenth of it before; 0: no costs.")
    ] = 10_000_000,
) -> None:
    """Race, measure, print."""
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="bench-serving-") as folder:
        home = Path(folder)
        if publishes:
            counts = {"publishes": publishes, "rollbacks": rollbacks}
            wrong = tell(race(Settings(home / "race"), readers=readers, **counts))
        if entries:
            columns = ("ledger entries", "publication", "wall s", "CPU s", "held s")
            table = Table(*columns, "MB")
            for size in (entries // 10, entries):
                cost(home, size, table)
            Console().print(table)
    sys.exit(3 if wrong else 0)


if __name__ == "__main__":
    typer.run(main)

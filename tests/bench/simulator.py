"""Measure the simulator: `python -m tests.bench.simulator [BETS_A_DAY] [DAYS]`.

The core feeds alone, then all source systems; each in a process of its own, as CPU
seconds count threads that have ended.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from orchestration.simulator import CORE, SimulationConfig, simulate

CUSTOMERS = 200_000


def measure(bets_a_day: int, days: int, *, core_only: bool) -> str:
    """Simulate without books; what it took, in a line."""
    config = SimulationConfig(
        days=days,
        bets_per_day=bets_a_day,
        customers=CUSTOMERS,
        sources=CORE if core_only else None,
    )
    with tempfile.TemporaryDirectory() as into:
        simulation = simulate(config, Path(into), truth=False)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime
    bets, rows = simulation.tally.bets, sum(f.row_count for f in simulation.files)
    return (
        f"{'core' if core_only else 'all':>4}: {bets:,} bets, {rows:,} rows, "
        f"{cpu:.1f} CPU s, {bets / cpu:,.0f} bets and {rows / cpu:,.0f} rows a CPU s, "
        f"peak {usage.ru_maxrss / 1024**2:.2f} GB"
    )


def main(
    bets_a_day: Annotated[int, typer.Argument(min=1)] = 1_000_000,
    days: Annotated[int, typer.Argument(min=1)] = 3,
    only: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Measure the core feeds and all of them."""
    if only:
        typer.echo(measure(bets_a_day, days, core_only=only == "core"))
        return
    for which in ("core", "all"):
        arguments = [str(bets_a_day), str(days), "--only", which]
        command = [sys.executable, "-m", "tests.bench.simulator", *arguments]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    typer.run(main)

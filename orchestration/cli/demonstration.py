"""`warehouse demo`: two weeks of an operator, from files to figures."""

import shutil
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from orchestration import bookkeeping, queries
from orchestration.audit.anchors import record_loads
from orchestration.cli.app import Format, app, console, print_rows, progress_bar
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.load import load
from orchestration.serving.publish import publish
from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.build import build

FIRST_MONDAY = date(2026, 1, 5)


@app.command()
def demo(
    days: Annotated[int, typer.Option(min=2, help="Days to simulate.")] = 14,
    bets_per_day: Annotated[int, typer.Option(min=1, help="Mean bets a day.")] = 20_000,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Remove the warehouse that is there.")
    ] = False,
) -> None:
    """Simulate two weeks, load them day by day, build, test and show the figures."""
    settings = Settings.from_environment()
    if settings.database.exists():
        if not fresh:
            raise WarehouseError(
                f"There already is a warehouse at {settings.database}.",
                "Look at it with `warehouse status`, or run `warehouse demo --fresh` "
                "to remove it and start again.",
                exit_code=2,
            )
        outbox = settings.home / "outbox"
        for leftover in (settings.landing, outbox, settings.serving):
            shutil.rmtree(leftover, ignore_errors=True)
        settings.database.unlink()
    _simulate_and_load(settings, days, bets_per_day)
    console.print("Publishing ...")
    publish(settings)
    _show(settings)


def _simulate_and_load(settings: Settings, days: int, bets_per_day: int) -> None:
    """Deliver day by day, as an operator would; build half-way and at the end."""
    # numpy takes a moment to import, which the other commands need not wait for.
    from orchestration import simulator  # noqa: PLC0415

    outbox = settings.home / "outbox"
    config = simulator.SimulationConfig(
        first_date=FIRST_MONDAY, days=days, bets_per_day=bets_per_day
    )
    with progress_bar("Simulating days") as bar:
        simulation = simulator.simulate(config, outbox, bar)
    contracts = contracts_of(dbt.manifest(settings))
    half = len(simulation.deliveries) // 2
    for week in (simulation.deliveries[:half], simulation.deliveries[half:]):
        with (
            progress_bar("Loading deliveries") as bar,
            open_warehouse(settings) as connection,
        ):
            for number, delivery in enumerate(week, 1):
                for file in delivery.files:
                    _deliver(outbox / file, settings.landing / file)
                load(
                    connection,
                    contracts,
                    settings.landing,
                    known_at=delivery.delivered_at,
                    spill=settings.spill,
                )
                bar(number, len(week))
            record_loads(settings, connection)
        is_last = week[-1] is simulation.deliveries[-1]
        build(
            settings,
            all_tests=is_last,
            progress=lambda step: console.print(f"Building {step} ..."),
        )


def _deliver(source: Path, landing: Path) -> None:
    """Let a file appear in the landing zone all at once."""
    landing.parent.mkdir(parents=True, exist_ok=True)
    source.replace(landing)


def _show(settings: Settings) -> None:
    with open_warehouse(settings, read_only=True) as connection:
        print_rows(
            queries.headlines(connection), Format.TABLE, "All bets, as known now"
        )
        for rows, title in (
            (queries.net_revenue(connection), "From GGR to NGR, settled basis"),
            (queries.customer_funds(connection), "What customers own"),
            (queries.reconciliation_breaks(connection), "Breaks with the wallet"),
            (queries.largest_exposures(connection), "Largest worst cases of markets"),
            (queries.to_look_at(connection), "For Risk to look at"),
            (queries.highest_scores(connection), "Highest risk scores"),
        ):
            print_rows(rows, Format.TABLE, title)
        print_rows(
            bookkeeping.latest_loads(connection, 3), Format.TABLE, "Last three loads"
        )
    console.print(f"\nThe warehouse is {settings.database}. Where to look next:")
    for command, shows in (
        (f"as-of {FIRST_MONDAY} --known-at 2026-01-06T03:00", "Monday as first known"),
        (f"as-of {FIRST_MONDAY}", "Monday as known now"),
        ("evaluate", "what was found of what the simulator planted"),
        ("status", "loads, what waits, what was refused and why"),
        ("publications", "what readers open, in serving/<audience>/"),
    ):
        console.print(f"  .venv/bin/warehouse {command:<44} {shows}", highlight=False)
    console.print(f"  {'make docs':<64} every model and column", highlight=False)
    console.print(f"  {'make dev':<64} Dagster", highlight=False)

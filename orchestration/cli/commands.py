"""The commands of every day: simulate, load, build, as-of, status."""

from datetime import date, datetime
from typing import Annotated

import typer

from orchestration import bookkeeping, queries
from orchestration.audit import Action, record
from orchestration.cli.app import (
    Format,
    Titled,
    app,
    console,
    day,
    moment,
    print_rows,
    print_tables,
    progress_bar,
)
from orchestration.database import open_warehouse
from orchestration.evaluation import books_of
from orchestration.evaluation import evaluate as evaluate_all
from orchestration.ingest.landing import (
    files_misplaced,
    files_waiting,
    load_landed,
)
from orchestration.ingest.ledger import files_seen
from orchestration.settings import Settings
from orchestration.transform.build import build as build_models

Target = Annotated[
    str | None,
    typer.Option(
        metavar="ENGINE",
        envvar="WAREHOUSE_TARGET",
        help="duckdb, the default, or redshift.",
    ),
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        parser=moment,
        metavar="MOMENT",
        help="UTC moment to stamp; later than the last load's. Default: now.",
    ),
]


@app.command()
def simulate(
    days: Annotated[int, typer.Option(min=1, help="Days of betting.")] = 14,
    bets_per_day: Annotated[int, typer.Option(min=1, help="Mean bets a day.")] = 20_000,
    customers: Annotated[
        int, typer.Option(min=1, help="Customers at the end.")
    ] = 5_000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 7,
    first_date: Annotated[
        str, typer.Option(metavar="DATE", help="First day of bets.")
    ] = "2026-01-05",
    clean: Annotated[bool, typer.Option(help="Without any dirt.")] = False,
    truth: Annotated[
        bool, typer.Option(help="Also write planted faults and true figures.")
    ] = True,
) -> None:
    """Write the files of a simulated operator into the landing zone."""
    # numpy takes a moment to import, which the other commands need not wait for.
    from orchestration import simulator  # noqa: PLC0415

    config = simulator.SimulationConfig(
        seed=seed,
        first_date=day(first_date),
        days=days,
        bets_per_day=bets_per_day,
        customers=customers,
        dirt=simulator.Dirt.none() if clean else simulator.Dirt.all(),
    )
    landing = Settings.from_environment().landing
    with progress_bar("Simulating days") as bar:
        simulation = simulator.simulate(config, landing, bar, truth=truth)
    rows = [{"what": what, "count": n} for what, n in simulator.summary(simulation)]
    print_rows(rows, Format.TABLE, f"Simulated into {landing}")


@app.command()
def load(known_at: KnownAt = None, target: Target = None) -> None:
    """Load whatever is new in the landing zone, as one load.

    Safe to repeat and to interrupt: a load happens whole or not at all.
    """
    settings = Settings.from_environment(target)
    with open_warehouse(settings) as connection, progress_bar("Loading files") as bar:
        report = load_landed(settings, connection, known_at=known_at, progress=bar)
    if report.statements_left:
        console.print(
            f"{report.statements_left} files of statements were left: only the "
            "embedded engine takes them in (docs/decisions/0080)."
        )
    if report.load_id is None:
        console.print(f"Nothing new in {settings.landing_url or settings.landing}.")
        if not settings.landing_url and not settings.landing.exists():
            console.print("There is no such folder yet: see docs/guides/landing.md.")
        return
    counts = {
        name: report.total(name)
        for name in ("rows_in", "rows_loaded", "rows_duplicate", "rows_quarantined")
    }
    row = {"load": report.load_id, "known_at": report.known_at}
    print_rows([row | {"files": len(report.files)} | counts], Format.TABLE)


@app.command()
def build(
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Build anew from raw.")
    ] = False,
    all_tests: Annotated[
        bool, typer.Option("--all-tests", help="Also test all of history.")
    ] = False,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="Leave these out; a selection such as source:crm+."),
    ] = None,
    target: Target = None,
) -> None:
    """Bring every model, snapshot and test up to date with the loads.

    Safe to repeat and to interrupt. What is known at a moment depends on the loads
    alone, not on when or how often this ran between them.
    """
    results = build_models(
        Settings.from_environment(target),
        full_refresh=full_refresh,
        all_tests=all_tests,
        without=exclude or (),
        progress=lambda step: console.print(f"Building {step} ..."),
    )
    tests = sum(r.unique_id.startswith("test.") for r in results)
    warned = [r for r in results if r.status == "warn"]
    console.print(
        f"Built {len(results) - tests} relations, {tests} tests passed"
        f"{f', {len(warned)} of them with a warning' if warned else ''}."
    )
    for result in warned:
        console.print(f"  {result.unique_id}: {result.message}", markup=False)


_AS_OF_TABLE = (
    "basis",
    "jurisdiction",
    "currency_code",
    "bet_count",
    "handle_amount",
    "open_stake_amount",
    "settled_stake_amount",
    "ggr_amount",
)
"""What fits on a terminal; JSON has every column."""


@app.command(name="as-of")
def as_of(
    gaming_date: Annotated[
        date, typer.Argument(parser=day, metavar="DATE", help="Gaming day.")
    ],
    known_at: Annotated[
        datetime | None,
        typer.Option(parser=moment, metavar="MOMENT", help="UTC. Default: now."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Output.")] = Format.TABLE,
    target: Target = None,
) -> None:
    """Print a gaming day's revenue as it was known at a moment."""
    settings = Settings.from_environment(target)
    with open_warehouse(settings, read_only=True) as connection:
        rows = queries.figures_as_of(connection, gaming_date, known_at)
    asked = {"as_of": {"gaming_date": gaming_date, "known_at": known_at}}
    record(settings, Action.ACCESS, asked)
    known = f"{known_at:%Y-%m-%d %H:%M:%S} UTC" if known_at else "now"
    if form is Format.TABLE:
        rows = [{name: row[name] for name in _AS_OF_TABLE} for row in rows]
    print_rows(rows, form, f"Revenue of {gaming_date} as known at {known}")


@app.command()
def status(
    last: Annotated[int, typer.Option(min=1, help="Loads to list.")] = 5,
    marts: Annotated[
        bool, typer.Option("--marts", help="Also tell of every mart.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="Output.")] = Format.TABLE,
    target: Target = None,
) -> None:
    """Print the last loads, what waits, what was refused, and how sure marts are."""
    settings = Settings.from_environment(target)
    with open_warehouse(settings, read_only=True) as connection:
        loads = bookkeeping.latest_loads(connection, last)
        refused = bookkeeping.quarantine_by_reason(connection)
        unbuilt = bookkeeping.unbuilt_loads(connection)
        waiting = files_waiting(settings, files_seen(connection))
        freshness = bookkeeping.marts(connection) if marts else []
        failed = bookkeeping.failed_checks(connection)
    waits = [
        {
            "files_not_loaded": waiting,
            "files_misplaced": files_misplaced(settings),
            "loads_not_built": unbuilt,
        }
    ]
    tables = [
        Titled("waiting", "Waiting", waits),
        Titled("loads", "Last loads", loads),
        Titled("refused", "Refused so far: most frequent reasons", refused),
    ]
    if failed:
        tables.append(Titled("failed_checks", "Checks that fail", failed))
    if marts:
        tables.append(Titled("marts", "Marts", freshness))
    print_tables(tables, form)


@app.command()
def evaluate(
    form: Annotated[Format, typer.Option("--format", help="Output.")] = Format.TABLE,
) -> None:
    """Print what was found of all that the simulator planted, and false alarms.

    Once every delivery of the simulation is loaded and built.
    """
    settings = Settings.from_environment()
    books = books_of(settings)
    with open_warehouse(settings, read_only=True) as connection:
        results = evaluate_all(connection, books)
    tables = [Titled(check.name, check.title, rows) for check, rows in results.items()]
    print_tables(tables, form)

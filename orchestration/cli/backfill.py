"""`warehouse backfill`: other rules for a window of the past."""

from datetime import date
from typing import Annotated

import typer

from orchestration.backfill import command
from orchestration.backfill.window import Cost
from orchestration.cli.app import Format, app, console, day, print_rows, progress_bar
from orchestration.cli.commands import KnownAt, Target
from orchestration.settings import Settings


@app.command()
def backfill(
    first: Annotated[
        date, typer.Option("--from", parser=day, metavar="DATE", help="First day, UTC.")
    ],
    last: Annotated[
        date, typer.Option("--to", parser=day, metavar="DATE", help="Last day, UTC.")
    ],
    models: Annotated[
        list[str] | None,
        typer.Option(help="Model; may be repeated. Default: all that post entries."),
    ] = None,
    why: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    known_at: KnownAt = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would post; post nothing.")
    ] = False,
    target: Target = None,
) -> None:
    """Recompute history for a changed rule, without changing what was known when.

    What today's rules make of the bets placed and the movements posted in the window,
    and of all tax periods, less what was posted of them, becomes known now, as the
    cause code_change. Safe to repeat and to interrupt: it happens whole or not at all.
    """
    request = command.Request(
        first, last, tuple(models or ()), why, known_at, keep=not dry_run
    )
    with progress_bar("Stating days again") as bar:
        counts, cost = command.backfill(
            Settings.from_environment(target),
            request,
            say=lambda step: console.print(f"Building {step} ..."),
            estimated=_print_estimate,
            progress=bar,
        )
    rows = [{"relation": name, "entries": n} for name, n in counts.items()]
    print_rows(rows, Format.TABLE, "Would post" if dry_run else "Posted")
    if cost.seconds is not None and cost.cpu_seconds is not None:
        console.print(f"Measured: {cost.seconds:.1f} s, {cost.cpu_seconds:.1f} CPU s.")


def _print_estimate(cost: Cost) -> None:
    expected = (
        "nothing to do"
        if cost.estimated_seconds is None
        else f"{cost.estimated_seconds:.1f} s"
    )
    console.print(
        f"Estimated: {cost.rows:,} bets and movements of {len(cost.days)} days, "
        f"{expected}."
    )

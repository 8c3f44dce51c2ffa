"""The commands that file reports and tell what has become of filed figures."""

from datetime import datetime
from typing import Annotated

import typer

from orchestration.audit import Action, record
from orchestration.audit.anchors import anchor
from orchestration.cli.app import Format, app, console, moment, print_rows
from orchestration.cli.commands import Target
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.filings import register
from orchestration.filings.file import file_report
from orchestration.filings.periods import period_of
from orchestration.filings.request import Request
from orchestration.settings import Settings

Number = Annotated[int, typer.Argument(metavar="FILING", help="Number of the filing.")]
Output = Annotated[Format, typer.Option("--format", help="Output.")]
KnownAt = Annotated[
    datetime | None,
    typer.Option(parser=moment, metavar="MOMENT", help="UTC. Default: now."),
]


@app.command(name="file")
def file_(
    report: Annotated[str, typer.Argument(help="Report, e.g. daily_revenue.")],
    period: Annotated[str, typer.Argument(help="2026-01-05, 2026-01 or 2026-Q1.")],
    by: Annotated[str, typer.Option(help="Who files it.")],
    why: Annotated[str, typer.Option(help="Why it is filed.")],
    known_at: KnownAt = None,
    supersedes: Annotated[
        int | None, typer.Option(help="Number of the filing whose place it takes.")
    ] = None,
    target: Target = None,
) -> None:
    """File a report: freeze its figures as known at a moment, for good."""
    request = Request(report, period_of(period), by, why, known_at, supersedes)
    settings = Settings.from_environment(target)
    told = ("filing_id", "report", "period", "known_at", "content_hash")
    with open_warehouse(settings) as connection:

        def announce(number: int) -> None:
            header = register.filing(connection, number)
            record(settings, Action.FILE, {name: header[name] for name in told})

        number = file_report(connection, request, announce)
        anchor(settings, connection)
        header = register.filing(connection, number)
    console.print(
        f"Filing {number}: {header['line_count']} figures as known at "
        f"{header['known_at']}, content hash {header['content_hash']}."
    )


@app.command()
def filings(form: Output = Format.TABLE, target: Target = None) -> None:
    """List all filings."""
    settings = Settings.from_environment(target)
    with open_warehouse(settings, read_only=True) as connection:
        rows = register.filings(connection)
    if form is Format.TABLE:
        shown = (
            "filing_id", "report", "period", "known_at", "filed_by",
            "superseded_by_filing_id",
        )  # fmt: skip
        rows = [{name: row[name] for name in shown} for row in rows]
    print_rows(rows, form, "Filings")


@app.command()
def filing(number: Number, form: Output = Format.TABLE, target: Target = None) -> None:
    """Print a filing, and whether it can still be stated the same."""
    settings = Settings.from_environment(target)
    with open_warehouse(settings, read_only=True) as connection:
        header = register.filing(connection, number)
        header |= register.proof(connection, number)
        lines = register.filed_lines(connection, number)
    record(settings, Action.ACCESS, {"filing_id": number})
    if form is Format.JSON:
        print_rows([header | {"lines": lines}], form)
        return
    rows = [{"filing": name, "": value} for name, value in header.items()]
    print_rows(rows, form)
    print_rows(lines, form, "As filed")


@app.command()
def restatements(
    number: Number,
    known_at: KnownAt = None,
    bets: Annotated[
        bool, typer.Option("--bets", help="List the bets behind it.")
    ] = False,
    measure: Annotated[
        str | None, typer.Option(help="Only this one, e.g. ggr_amount.")
    ] = None,
    form: Output = Format.TABLE,
    target: Target = None,
) -> None:
    """Print what has changed since a filing, and why."""
    settings = Settings.from_environment(target)
    with open_warehouse(settings, read_only=True) as connection:
        measures = {row["measure"] for row in register.filed_lines(connection, number)}
        if measures and measure not in {None, *measures}:
            raise WarehouseError(
                f"Filing {number} has no figure {measure}.",
                f"It has {', '.join(sorted(measures))}.",
                exit_code=2,
            )
        if bets:
            rows = register.restated_bets(connection, number, known_at)
        else:
            rows = [
                row
                for row in register.restatements(connection, number, known_at)
                if measure in {None, row["measure"]}
            ]
    told = {"filing_id": number, "known_at": known_at, "by_bet": bets}
    record(settings, Action.ACCESS, {"restatements": told})
    known = f"{known_at:%Y-%m-%d %H:%M:%S} UTC" if known_at else "now"
    print_rows(rows, form, f"Filing {number} against what is known at {known}")

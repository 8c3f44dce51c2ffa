"""What the commands share: the application, options and printing."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

app = typer.Typer(
    name="warehouse",
    help="A betting operator's warehouse: simulate, load, build and ask.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="WAREHOUSE_HOME says where the warehouse is (default: .warehouse). "
    "Exit codes: 0 done, 2 wrong use, 3 data or a check failed, 4 warehouse busy.",
)
console = Console(soft_wrap=True)


class Format(StrEnum):
    """How figures are printed."""

    TABLE = "table"
    JSON = "json"


def moment(text: str) -> datetime:
    """A moment as naive UTC; a text without an offset is taken as UTC.

    Raises:
        typer.BadParameter: The text is no ISO 8601 moment.
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no ISO 8601 moment such as 2026-01-07T02:00:00"
        raise typer.BadParameter(message) from None
    if parsed.tzinfo is not None:
        parsed = parsed.astimezone(UTC).replace(tzinfo=None)
    return parsed


def day(text: str) -> date:
    """A calendar day.

    Raises:
        typer.BadParameter: The text is no ISO 8601 date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no date such as 2026-01-05"
        raise typer.BadParameter(message) from None


@contextmanager
def progress_bar(what: str) -> Iterator["Bar"]:
    """A bar on standard error that a callback `(done, total)` moves."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Bar(progress, what)


class Bar:
    """One bar of a progress display."""

    def __init__(self, progress: Progress, what: str) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=None)

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        self._progress.update(self._task, completed=done, total=total)


def print_rows(rows: Sequence[dict[str, Any]], form: Format, title: str = "") -> None:
    """Print rows as a table for people or as JSON for programs."""
    if form is Format.JSON:
        typer.echo(json.dumps(rows, default=plain, indent=2))
        return
    table = Table(title=title or None, title_justify="left")
    for name in rows[0] if rows else ("nothing",):
        values = [row[name] for row in rows if row[name] is not None]
        is_number = all(isinstance(value, int | Decimal) for value in values)
        # A figure or a moment that is cut off is none; texts go on in the next line.
        is_text = any(isinstance(value, str) for value in values)
        words = [] if is_text else [w for v in values for w in _shown(v).split()]
        table.add_column(
            name.replace("_", " "),
            justify="right" if is_number and values else "left",
            overflow="fold",
            min_width=max(map(len, words), default=None),
        )
    for row in rows:
        table.add_row(*(_shown(value) for value in row.values()))
    console.print(table)


class Titled(NamedTuple):
    """Rows with their name for programs and their title for people."""

    name: str
    title: str
    rows: Sequence[dict[str, Any]]


def print_tables(tables: Sequence[Titled], form: Format) -> None:
    """Print several tables; as JSON they are one object, by name."""
    if form is Format.JSON:
        named = {table.name: table.rows for table in tables}
        typer.echo(json.dumps(named, default=plain, indent=2))
        return
    for table in tables:
        print_rows(table.rows, form, table.title)


def plain(value: object) -> str:
    """JSON text of a value that JSON doesn't know; amounts keep every digit."""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _shown(value: object) -> str:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return "" if value is None else str(value)

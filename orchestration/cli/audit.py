"""`warehouse audit`: what was done to this warehouse, and whether that is all."""

import json
from typing import Annotated

import typer

from orchestration.audit import Action, records
from orchestration.audit.anchors import Anchor, anchors
from orchestration.audit.verify import verify as verify_trail
from orchestration.cli.app import Format, app, console, print_rows
from orchestration.cli.commands import Target
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.settings import Settings

audit = typer.Typer(
    help="The record of what was done: list it, verify that nothing was changed.",
    no_args_is_help=True,
)
app.add_typer(audit, name="audit")


@audit.command(name="list")
def list_records(
    last: Annotated[int, typer.Option(min=1, help="Records to list.")] = 20,
    action: Annotated[Action | None, typer.Option(help="Only these.")] = None,
    form: Annotated[Format, typer.Option("--format", help="Output.")] = Format.TABLE,
) -> None:
    """Print the last records, latest last."""
    found = [
        record
        for record in records(Settings.from_environment())
        if action in {None, record.action}
    ][-last:]
    rows = [dict(vars(record)) for record in found]
    if form is Format.TABLE:
        rows = [
            {name: row[name] for name in ("sequence", "recorded_at", "actor", "action")}
            | {"details": json.dumps(row["details"]), "hash": row["hash"][:12]}
            for row in rows
        ]
    print_rows(rows, form, "Audit trail")


@audit.command()
def verify(
    receipt: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER:HASH", help="A head that was kept elsewhere; repeatable."
        ),
    ] = None,
    target: Target = None,
) -> None:
    """Say whether the trail is whole and as it was written.

    Compared with its head, the anchors in the warehouse and receipts. Keep the receipt
    that this prints out of reach of whoever administers the machine.
    """
    settings = Settings.from_environment(target)
    known = [_receipt(text) for text in receipt or ()] + _anchors(settings)
    found = verify_trail(settings, known)
    if found.problems:
        raise WarehouseError(
            "The audit trail is not as it was written.\n"
            + "\n".join(f"  {problem}" for problem in found.problems),
            "See docs/runbooks/audit-trail-broken.md.",
        )
    console.print(
        f"{found.records} records, each follows the one before it; "
        f"{found.anchors} anchors agree."
    )
    console.print(f"Receipt: {found.records}:{found.last_hash}", highlight=False)


def _anchors(settings: Settings) -> list[Anchor]:
    if settings.target == "duckdb" and not settings.database.exists():
        return []
    with open_warehouse(settings, read_only=True) as connection:
        return anchors(connection)


def _receipt(text: str) -> Anchor:
    number, _, record_hash = text.partition(":")
    if not number.isdigit() or len(record_hash) != 64:
        raise typer.BadParameter(f"{text!r} is no receipt such as 12:5f0c...")
    return int(number), record_hash

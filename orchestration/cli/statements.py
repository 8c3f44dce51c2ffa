"""`warehouse statements`: what was held of the figures that others report to us."""

from typing import Annotated

import typer

from orchestration.audit import Action, record
from orchestration.audit.anchors import anchor
from orchestration.cli.app import Format, app, console, print_rows
from orchestration.cli.commands import KnownAt
from orchestration.database import must_exist, open_warehouse
from orchestration.settings import Settings
from orchestration.statements.decisions import decide, suspicions

statements = typer.Typer(
    help="Deliveries of others' figures that were held: list, accept, reject.",
    no_args_is_help=True,
)
app.add_typer(statements, name="statements")

Delivery = Annotated[int, typer.Argument(help="Number of the delivery, see list.")]
Entity = Annotated[
    list[str] | None, typer.Option(help="Only this entity; may be repeated.")
]
By = Annotated[str, typer.Option(help="Who decides.")]
Why = Annotated[str, typer.Option(help="Why.")]


@statements.command(name="list")
def list_held(
    everything: Annotated[
        bool, typer.Option("--all", help="Also what has been decided.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="Output.")] = Format.TABLE,
) -> None:
    """Print suspected bad loads that wait for a decision."""
    with open_warehouse(Settings.from_environment(), read_only=True) as connection:
        rows = suspicions(connection, decided_too=everything)
    if form is Format.TABLE and not everything:
        undecided = {"status", "decided_by", "reason", "decided_at"}
        rows = [{k: v for k, v in row.items() if k not in undecided} for row in rows]
    print_rows(rows, form, "Held" if not everything else "Suspected")


@statements.command()
def accept(
    delivery: Delivery,
    by: By,
    why: Why,
    entity: Entity = None,
    known_at: KnownAt = None,
) -> None:
    """Let a held delivery count."""
    _decide(delivery, entity, by, why, known_at, accept=True)


@statements.command()
def reject(
    delivery: Delivery,
    by: By,
    why: Why,
    entity: Entity = None,
    known_at: KnownAt = None,
) -> None:
    """Say that a held delivery never counts."""
    _decide(delivery, entity, by, why, known_at, accept=False)


def _decide(
    delivery: int,
    entity: list[str] | None,
    by: str,
    why: str,
    known_at: KnownAt,
    *,
    accept: bool,
) -> None:
    settings = Settings.from_environment()
    must_exist(settings)
    told = {"delivery_id": delivery, "is_accepted": accept}
    with open_warehouse(settings) as connection:
        decided = decide(
            connection,
            delivery,
            entity or [],
            accept=accept,
            decided_by=by,
            reason=why,
            known_at=known_at,
            announce=lambda held: record(
                settings, Action.DECIDE, told | {"entities": len(held)}
            ),
        )
        anchor(settings, connection)
    verb = "Accepted" if accept else "Rejected"
    console.print(f"{verb} delivery {delivery} for {len(decided)} entities.")

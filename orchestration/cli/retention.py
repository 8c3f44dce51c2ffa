"""`warehouse retention`: keep, archive or delete by policy."""

from datetime import date
from typing import Annotated

import typer

from orchestration.cli.app import Format, app, day, print_rows
from orchestration.retention.policies import apply
from orchestration.settings import Settings


@app.command()
def retention(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would go.")
    ] = False,
    on: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="Default: today.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Output.")] = Format.TABLE,
) -> None:
    """Apply seeds/retention_policies.csv and print what went. Safe to repeat."""
    rows = apply(Settings.from_environment(), today=on, dry_run=dry_run)
    print_rows(rows, form, "Would go" if dry_run else "Went")

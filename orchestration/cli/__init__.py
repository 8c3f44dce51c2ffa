"""The command line: `warehouse --help`."""

import sys

from rich.console import Console

from orchestration.cli import (  # noqa: F401 - they register
    audit,
    backfill,
    commands,
    demonstration,
    filing,
    lineage,
    maturity,
    privacy,
    retention,
    serving,
    statements,
)
from orchestration.cli.app import app
from orchestration.errors import WarehouseError

__all__ = ["main"]


def main() -> None:
    """Run a command; a `WarehouseError` becomes its message, remedy and exit code."""
    try:
        app()
    except WarehouseError as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print("[bold red]Error:[/]", end=" ")
        console.print(error.message, markup=False)
        if error.remedy:
            console.print("[bold]What to do:[/]", end=" ")
            console.print(error.remedy, markup=False)
        sys.exit(error.exit_code)

"""The command line: `warehouse --help`."""

import sys
from typing import NoReturn

import duckdb
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
    """Run a command; a `WarehouseError` becomes its message, remedy and exit code.

    So do errors of the machine: no room, no permission, a file that is not there.
    """
    try:
        app()
    except WarehouseError as error:
        _tell(error)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        _tell(
            WarehouseError(
                f"{type(error).__name__}: {str(error).splitlines()[0]}",
                "Put right what the machine lacks (room, memory, permission, a file) "
                "and run the command again; what was begun is undone or goes on.",
            )
        )


def _tell(error: WarehouseError) -> NoReturn:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print("[bold red]Error:[/]", end=" ")
    console.print(error.message, markup=False)
    if error.remedy:
        console.print("[bold]What to do:[/]", end=" ")
        console.print(error.remedy, markup=False)
    sys.exit(error.exit_code)

"""`python -m tests.redshift.verification`, which `make verify-redshift` runs."""

import os
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from orchestration.errors import WarehouseError
from tests.redshift.emulator import EmulatedRedshift
from tests.redshift.verification import RealCluster, Size, verify
from tests.redshift.verification.ladder import Findings


def main(
    days: Annotated[int, typer.Option(min=2, help="Days of betting.")] = Size.days,
    bets_per_day: Annotated[int, typer.Option(min=100)] = Size.bets_per_day,
    customers: Annotated[int, typer.Option(min=50)] = Size.customers,
) -> None:
    """Verify the whole project against Redshift, or against its emulation.

    With REDSHIFT_HOST set it is the cluster there, which must be an empty database.
    """
    started = time.monotonic()
    try:
        found = _verified(Size(days, bets_per_day, customers))
    except WarehouseError as error:
        typer.echo(f"{error.message} {error.remedy}", err=True)
        raise typer.Exit(error.exit_code) from error
    for line in found.wrong:
        typer.echo(f"WRONG {line}")
    typer.echo(f"{len(found.wrong)} findings in {time.monotonic() - started:.0f} s")
    raise typer.Exit(code=1 if found.wrong else 0)


def _verified(size: Size) -> Findings:
    with tempfile.TemporaryDirectory(prefix="verify-redshift-") as folder:
        if os.environ.get("REDSHIFT_HOST"):
            typer.echo(f"against {os.environ['REDSHIFT_HOST']}")
            return verify(RealCluster(), Path(folder), size, typer.echo)
        typer.echo("against an emulation, not against AWS")
        with EmulatedRedshift(folder) as redshift:
            return verify(redshift, Path(folder), size, typer.echo)


if __name__ == "__main__":
    typer.run(main)

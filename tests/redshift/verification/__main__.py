"""`python -m tests.redshift.verification`, which `make verify-redshift` runs."""

import os
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from tests.redshift.emulator import EmulatedRedshift
from tests.redshift.verification import RealCluster, Size, verify


def main(
    days: Annotated[int, typer.Option(min=2, help="Days of betting.")] = Size.days,
    bets_per_day: Annotated[int, typer.Option(min=100)] = Size.bets_per_day,
    customers: Annotated[int, typer.Option(min=50)] = Size.customers,
) -> None:
    """Verify the whole project against Redshift, or against its emulation.

    With REDSHIFT_HOST set it is the cluster there, which must be an empty database.
    """
    started = time.monotonic()
    size = Size(days, bets_per_day, customers)
    with tempfile.TemporaryDirectory(prefix="verify-redshift-") as folder:
        if os.environ.get("REDSHIFT_HOST"):
            typer.echo(f"against {os.environ['REDSHIFT_HOST']}")
            found = verify(RealCluster(), Path(folder), size, typer.echo)
        else:
            typer.echo("against an emulation, not against AWS")
            with EmulatedRedshift(folder) as redshift:
                found = verify(redshift, Path(folder), size, typer.echo)
    for line in found.wrong:
        typer.echo(f"WRONG {line}")
    typer.echo(f"{len(found.wrong)} findings in {time.monotonic() - started:.0f} s")
    raise typer.Exit(code=1 if found.wrong else 0)


if __name__ == "__main__":
    typer.run(main)

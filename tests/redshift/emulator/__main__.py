"""`python -m tests.redshift.emulator`: the emulated Redshift in the foreground."""

import shlex
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tests.redshift.emulator import EmulatedRedshift, PostgresMissingError


def serve(
    workdir: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Folder for wire.jsonl and postgres.log; a temporary one by default.",
        ),
    ] = None,
) -> None:
    """Start PostgreSQL, S3 and the proxy, print their environment, run until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if workdir is None:
        workdir = Path(tempfile.mkdtemp(prefix="redshift-wire-"))
    workdir.mkdir(parents=True, exist_ok=True)
    try:
        with EmulatedRedshift(workdir) as redshift:
            for name, value in redshift.env().items():
                typer.echo(f"export {name}={shlex.quote(value)}")
            typer.echo(f"# statements are logged to {workdir / 'wire.jsonl'}", err=True)
            typer.echo("# running; stop with Ctrl-C", err=True)
            signal.pause()
    except KeyboardInterrupt:
        typer.echo("# stopped", err=True)
    except PostgresMissingError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(code=1) from error


if __name__ == "__main__":
    typer.run(serve)

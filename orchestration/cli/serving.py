"""The commands that give readers what was built, and take it back."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.app import Format, app, console, print_rows
from orchestration.serving import publish as press
from orchestration.serving import rollback as shelves
from orchestration.serving.export import export
from orchestration.serving.forms import Form
from orchestration.serving.publication import Options
from orchestration.settings import Settings

Output = Annotated[Format, typer.Option("--format", help="Output.")]


@app.command()
def publish(
    full: Annotated[
        bool, typer.Option("--full", help="Write every file anew.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Also after a rollback.")
    ] = False,
    accept: Annotated[
        str | None,
        typer.Option(
            metavar="WHY", help="Publish against the guards, for this reason."
        ),
    ] = None,
) -> None:
    """Give readers what was built: one read-only file per audience, all at once.

    Audited first; a failed audit publishes nothing (exit code 3). Safe to repeat and to
    interrupt: readers have the old version or the new one.
    """
    options = Options(full=full, resume=resume, accept=accept)
    done = press.publish(Settings.from_environment(), options)
    if not done.is_new:
        console.print(f"Nothing has changed since publication {done.version}.")
        return
    changed = sum(len(relations) for relations in done.changed.values())
    console.print(
        f"Publication {done.version}, data as of {done.data_as_of}: {changed} "
        f"relations written in {len(done.changed)} files, {len(done.checks)} checks, "
        f"warehouse held for {done.seconds['warehouse']:.2f} s."
    )


@app.command()
def rollback(
    why: Annotated[str, typer.Option(help="Why; whoever publishes next is told.")],
    to: Annotated[
        int | None, typer.Option(metavar="VERSION", help="Default: the one before.")
    ] = None,
) -> None:
    """Let readers have an older version again, at once.

    Nothing is published after it until `warehouse publish --resume`.
    """
    version = shelves.roll_back(Settings.from_environment(), why, to)
    console.print(
        f"Readers have publication {version} again. Nothing is published until "
        "`warehouse publish --resume`."
    )


@app.command()
def publications(form: Output = Format.TABLE) -> None:
    """List the publications that are kept."""
    rows = shelves.publications(Settings.from_environment())
    if form is Format.TABLE:
        shown = ("version", "state", "data_as_of", "code_revision", "megabytes")
        rows = [{name: row[name] for name in shown} for row in rows]
    print_rows(rows, form, "Publications")


@app.command(name="export")
def export_(
    mart: Annotated[str, typer.Argument(help="Schema and name, e.g. core.dim_dates.")],
    audience: Annotated[str, typer.Option(help="Whose rights apply.")],
    form: Annotated[
        Form, typer.Option("--format", help="What to write.")
    ] = Form.PARQUET,
    into: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Default: exports/AUDIENCE.")
    ] = None,
) -> None:
    """Write a relation of the current publication to a file, with a manifest."""
    done = export(Settings.from_environment(), mart, audience, form, into)
    console.print(f"{done.rows:,} rows, SHA-256 {done.sha256}:")
    console.print(str(done.file), markup=False, highlight=False)

"""`warehouse lineage`: which landed column a published column comes from."""

import json
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.app import Format, app, console, print_rows
from orchestration.settings import Settings


@app.command()
def lineage(
    column: Annotated[
        str | None,
        typer.Argument(metavar="SCHEMA.RELATION[.COLUMN]", help="What to trace."),
    ] = None,
    export: Annotated[
        Path | None, typer.Option(help="Write the lineage of every column, as JSON.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Output.")] = Format.TABLE,
) -> None:
    """Print where columns come from: files, seeds, loads, filings or constants."""
    # sqlglot takes a moment to import, which the other commands need not wait for.
    from orchestration.lineage.columns import lineage_of  # noqa: PLC0415

    if (column is None) == (export is None):
        raise typer.BadParameter("give a relation or column, or --export FILE")
    if column is not None and column.count(".") not in {1, 2}:
        raise typer.BadParameter(f"{column!r} is not SCHEMA.RELATION or with .COLUMN")
    found = lineage_of(Settings.from_environment())
    if export is not None:
        export.write_text(json.dumps(found.export(), indent=1) + "\n")
        console.print(f"{len(found.parents)} columns are in {export}.", highlight=False)
        return
    schema, relation, *name = (column or "").split(".") + ([] if column else [""])
    names = name or found.columns(f"{schema}.{relation}")
    rows = [
        {"column": one, "kind": origin.kind, "comes_from": origin.name}
        for one in names
        for origin in sorted(
            found.origins((f"{schema}.{relation}", one)), key=lambda o: (o.kind, o.name)
        )
    ]
    print_rows(rows, form, f"Lineage of {column}")

"""A published relation as a file for people and tools: parquet, CSV or XLSX.

It is read from the audience's own published file, so what the audience may not see
cannot get into it, and the figures are of one version. A manifest beside it says what
it is; a file without one was not finished.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.audit import Action, record
from orchestration.durable import move_durably, replace_durably
from orchestration.errors import WarehouseError
from orchestration.serving.forms import Form, write
from orchestration.settings import Settings


@dataclass(frozen=True)
class Export:
    """A finished export.

    Attributes:
        file: What was asked for.
        manifest: JSON that says what it is.
        rows: How many rows.
        sha256: Of the file.
    """

    file: Path
    manifest: Path
    rows: int
    sha256: str


def export(
    settings: Settings,
    relation: str,
    audience: str,
    form: Form,
    into: Path | None = None,
) -> Export:
    """Export a relation of the current publication.

    Args:
        settings: Which warehouse.
        relation: Schema and name, e.g. `finance.rpt_daily_revenue_versions`.
        audience: Whose rights apply.
        form: What to write.
        into: Folder; `exports/<audience>` of the warehouse by default.

    Raises:
        WarehouseError: Nothing is published for the audience, it may not see the
            relation, or a sheet cannot hold it.
    """
    source = settings.serving / audience / "current.duckdb"
    if not source.exists():
        raise WarehouseError(
            f"Nothing is published for {audience!r}.",
            "Run `warehouse publish`; docs/access.md lists the audiences.",
            exit_code=2,
        )
    folder = into or settings.home / "exports" / audience
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(source), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns = _columns(connection, relation, audience)
        version, published_at, as_of, revision = _publication(connection)
        file = folder / f"{relation}-v{version}.{form}"
        draft = file.with_name(f".{file.name}.draft")
        about = {
            "relation": relation, "audience": audience, "version": version,
            "data as of (UTC)": as_of, "published at (UTC)": published_at,
        }  # fmt: skip
        rows, guarded = write(connection, relation, form, columns, draft, about)
    with draft.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    told = {
        "relation": relation,
        "audience": audience,
        "format": form.value,
        "file": file.name,
        "sha256": digest,
        "bytes": draft.stat().st_size,
        "rows": rows,
        "version": version,
        "data_as_of": _iso(as_of),
        "published_at": _iso(published_at),
        "code_revision": revision,
        "exported_at": _iso(datetime.now(UTC).replace(tzinfo=None)),
        "guarded_cells": guarded,
        "columns": columns,
    }
    move_durably(draft, file)
    manifest = file.with_name(f"{file.name}.json")
    replace_durably(manifest, json.dumps(told, indent=1).encode())
    brief = {name: v for name, v in told.items() if name not in {"columns", "bytes"}}
    record(settings, Action.EXPORT, brief)
    return Export(file, manifest, rows, digest)


def _columns(
    connection: duckdb.DuckDBPyConnection, relation: str, audience: str
) -> list[dict[str, str]]:
    """Columns of the relation as it was published: name, type, description."""
    schema, _, name = relation.partition(".")
    rows = connection.execute(
        "select column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = ? and table_name = ? and schema_name <> 'main' "
        "order by column_index",
        [schema, name],
    ).fetchall()
    if not rows:
        raise WarehouseError(
            f"{audience} has no relation {relation!r}.",
            "docs/access.md says what each audience may see.",
            exit_code=2,
        )
    return [{"name": n, "type": t, "description": d} for n, t, d in rows]


def _publication(connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    row = connection.execute(
        "select version, published_at, data_as_of, code_revision from publication"
    ).fetchone()
    assert row is not None  # noqa: S101 - every published file says what it is
    return row


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

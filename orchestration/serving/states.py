"""What a file says of itself: how it holds each relation, in `published_relations`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb

from orchestration.serving.figures import Figures
from orchestration.serving.plan import Published

Moment = datetime | date

_RELATIONS = """
    create table if not exists {file}.published_relations (
        schema_name varchar not null,
        relation_name varchar not null,
        row_count bigint not null,
        content_fingerprint varchar not null,
        amounts varchar not null,
        newest_at timestamp,
        rights varchar not null,
        signature varchar not null
    )
"""


@dataclass(frozen=True)
class State:
    """How a file holds a relation: by whose rights, by which code, until when, what."""

    rights: str
    signature: str
    newest_at: Moment | None
    figures: Figures


def read_states(connection: duckdb.DuckDBPyConnection, file: str) -> dict[str, State]:
    """Relation -> how a file holds it; none in a file that is new.

    Args:
        connection: The workspace.
        file: Name that the file is attached under, quoted.
    """
    connection.execute(_RELATIONS.format(file=file))
    rows = connection.execute(
        "select schema_name || '.' || relation_name, rights, signature, newest_at, "
        "row_count, content_fingerprint, amounts "
        f"from {file}.published_relations"
    ).fetchall()
    return {
        name: State(rights, signature, newest_at, Figures(
            row_count,
            int(fingerprint),
            {k: Decimal(v) for k, v in json.loads(amounts).items()},
        ))
        for name, rights, signature, newest_at, row_count, fingerprint, amounts
        in rows
    }  # fmt: skip


def write_states(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    planned: Mapping[str, Published],
    states: Mapping[str, State],
) -> None:
    """Say in a file how it holds each relation that it is to have.

    Args:
        connection: The workspace.
        file: Name that the file is attached under, quoted.
        planned: Relation -> how it is published.
        states: Relation -> how the file holds it.
    """
    connection.execute(f"truncate {file}.published_relations")
    marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(planned))
    connection.execute(
        f"insert into {file}.published_relations values {marks}",
        [
            value
            for name, published in planned.items()
            for value in _as_row(published, states[name])
        ],
    )


def _as_row(published: Published, state: State) -> list[object]:
    """A state as a row of `published_relations`."""
    return [
        published.relation.schema,
        published.relation.name,
        state.figures.rows,
        str(state.figures.fingerprint),
        state.figures.amounts_as_json(),
        state.newest_at,
        state.rights,
        state.signature,
    ]

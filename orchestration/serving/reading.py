"""What is taken out of the warehouse for a publication, in one go.

While it is open for reading nothing else can write it, so only what may have changed is
copied out, once for all audiences, and everything after that happens without it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from orchestration.access.rights import Relation
from orchestration.database import MEMORY_LIMIT, unopened
from orchestration.errors import WarehouseError
from orchestration.serving.plan import Published
from orchestration.serving.writing import Candidate
from orchestration.settings import Settings
from orchestration.transform.failures import failures

WAREHOUSE = "warehouse"
"""Name under which the views in the file know their own database."""


@dataclass(frozen=True)
class Source:
    """What the warehouse says of itself.

    Attributes:
        identity: A text that no other warehouse has.
        data_as_of: known_at of the last load that is built into the marts.
        failures: What stands against publishing it.
    """

    identity: str
    data_as_of: datetime | None
    failures: list[str]


def workspace(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A database in memory, where what was read waits to be written."""
    settings.spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY_LIMIT,
            "threads": "2",
            "temp_directory": str(settings.spill),
            "preserve_insertion_order": "true",
        }
    )
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    return connection


@contextmanager
def warehouse_attached(
    connection: duckdb.DuckDBPyConnection, settings: Settings
) -> Iterator[None]:
    """The warehouse, for reading.

    Raises:
        WarehouseBusyError: Somebody is writing it.
        WarehouseError: There is none, or it does not open.
    """
    if not settings.database.exists():
        raise WarehouseError(
            f"There is no warehouse at {settings.database}.",
            "Run `warehouse load` and `warehouse build` first.",
            exit_code=2,
        )
    try:
        connection.execute(
            f"attach ? as {WAREHOUSE} (read_only)", [str(settings.database)]
        )
    except duckdb.Error as error:
        raise unopened(settings, error) from error
    try:
        yield
    finally:
        connection.execute(f"detach {WAREHOUSE}")


def source_of(connection: duckdb.DuckDBPyConnection, nodes: frozenset[str]) -> Source:
    """What the attached warehouse says of itself.

    Raises:
        WarehouseError: Nothing was ever built in it.
    """
    connection.execute(f"use {WAREHOUSE}")
    try:
        row = connection.execute(
            "select md5(concat_ws(',', min(started_at), min(known_at))), "
            "(select max(known_after) from raw.snapshot_window) from raw.loads"
        ).fetchone()
        against = failures(connection, nodes)
    except duckdb.CatalogException as error:
        raise WarehouseError(
            f"The warehouse has not been built yet: {str(error).splitlines()[0]}",
            "Run `warehouse load` and `warehouse build`.",
            exit_code=2,
        ) from error
    finally:
        connection.execute("use memory")
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return Source(row[0], row[1], against)


def copy_out(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    published: Sequence[tuple[Published, Candidate]],
) -> str | None:
    """Copy what is needed of a relation into the workspace.

    All of it, or, if it grows and every file holds it as it was at some moment, the
    rows that came since, with all rows of the groups that they belong to.

    Returns:
        What is wrong with the relation, if it cannot be read as it is declared.
    """
    columns = ", ".join(f'"{name}"' for name in relation.columns)
    source = f'{WAREHOUSE}."{relation.schema}"."{relation.name}"'
    where, bound = _since(source, published)
    try:
        connection.execute(
            f'create table "{relation}" as select {columns} from {source} '
            f"where {where}",
            bound,
        )
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        return f"{relation} is not as it is declared: {str(error).splitlines()[0]}"
    return None


def _since(
    source: str, published: Sequence[tuple[Published, Candidate]]
) -> tuple[str, list[Any]]:
    """Condition of the rows to copy, and its parameters."""
    states = [
        candidate.state_to_go_on_from(one, source) for one, candidate in published
    ]
    growth = published[0][0].growth
    newest = [s.newest_at for s in states if s is not None and s.newest_at is not None]
    if growth is None or len(newest) < len(states):
        return "true", []
    return growth.rows_to_take(source), [min(newest)]

"""What the loader asks of an engine, and the embedded engine's answers.

The load itself is the same SQL on both. An engine says how the rows of files get into
the temp table `incoming`, and spells the few expressions that have no common form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from orchestration.ingest.contract import TableContract

if TYPE_CHECKING:
    from orchestration.ingest.batch import Batch

Parameters = Mapping[str, object] | Sequence[object]


class Result(Protocol):
    """Rows of a query."""

    @property
    def description(self) -> Sequence[Any] | None:
        """One tuple per column, its name first; None without rows."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All rows left, as tuples."""


class Connection(Protocol):
    """An open warehouse of either engine; parameters are `$name` or `?`."""

    def execute(self, query: str, parameters: Parameters | None = ...) -> Result:
        """Run one statement; by itself a transaction unless one was begun."""

    def begin(self) -> object:
        """Begin a transaction."""

    def commit(self) -> object:
        """Make it last."""

    def rollback(self) -> object:
        """Undo it."""


class Engine(Protocol):
    """One engine, with a connection to it."""

    @property
    def connection(self) -> Connection:
        """The warehouse."""

    @property
    def reader(self) -> duckdb.DuckDBPyConnection:
        """DuckDB, which reads the landed files for either engine."""

    def begin(self) -> None:
        """Begin the load's transaction; no other loader is in one until it ends.

        Raises:
            WarehouseBusyError: Another loader is in one, and stays.
        """

    def stage(self, batch: Batch, known_at: datetime) -> dict[int, int]:
        """Make `incoming` of a batch, and put its bad rows into quarantine.

        Returns:
            Number of bad rows by file, for files that have any.
        """

    def digest(self, contract: TableContract) -> str:
        """Expression: a text that differs when content does.

        Content is every landed column but `recorded_at`, children as `items` has them.
        """

    def items(self, child: TableContract) -> str:
        """Aggregate: the child rows of one parent, their order without meaning."""

    def contested_rows(self, relation: str, key: Sequence[str]) -> str:
        """SELECT of a relation's rows whose key is in the temp table `contested`."""

    def incoming(self, contract: TableContract) -> str:
        """FROM item `incoming`, with a column of `items` for each child relation."""

    def child_rows(self, contract: TableContract, name: str, accepted: str) -> str:
        """SELECT of the child rows of accepted rows.

        Args:
            contract: Of the parent.
            name: The parent's column that lists the children.
            accepted: SELECT of the parent's rows, with their `revision`.

        Returns:
            Surrogates, key and columns of the child, `revision`, `$known_at`.
        """


class Embedded:
    """DuckDB: reads files itself and keeps children in a list column until the end.

    Args:
        connection: The warehouse, open for writing, which no other process can be in.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.reader = connection

    def begin(self) -> None:
        """See `Engine`; whoever has the file open is the only loader."""
        self.connection.begin()

    def stage(self, batch: Batch, known_at: datetime) -> dict[int, int]:
        """See `Engine`."""
        return batch.read_into(self.reader, known_at)

    def digest(self, contract: TableContract) -> str:
        """See `Engine`."""
        values = [f'"{c.name}"' for c in contract.scalars if c.name != "recorded_at"]
        values += [f'list_sort(coalesce("{name}", []))' for name in contract.children]
        packed = ", ".join(f"v{i} := {value}" for i, value in enumerate(values))
        return f"md5(to_json(struct_pack({packed}))::varchar)"

    def items(self, child: TableContract) -> str:
        """See `Engine`."""
        fields = ", ".join(f'{c.name} := "{c.name}"' for c in child.columns)
        return f"list(struct_pack({fields}))"

    def contested_rows(self, relation: str, key: Sequence[str]) -> str:
        """See `Engine`: found by the key alone, then read whole."""
        return (
            f"select * from {relation} where rowid in (select rowid from {relation} "
            f"semi join contested using ({', '.join(key)}))"
        )

    def incoming(self, contract: TableContract) -> str:  # noqa: ARG002 - has the lists
        """See `Engine`."""
        return "incoming"

    def child_rows(self, contract: TableContract, name: str, accepted: str) -> str:
        """See `Engine`."""
        child = contract.children[name]
        key = ", ".join([*contract.surrogates, *child.key])
        fields = ", ".join(f'item."{c.name}"' for c in child.columns)
        return (
            f"select {key}, {fields}, revision, $known_at "
            f'from (select {key}, revision, unnest("{name}") as item from ({accepted}))'
        )


def execute_many(
    connection: Connection,
    relation: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> None:
    """Insert rows, several hundred a statement: a round trip each would be slow.

    Args:
        connection: The warehouse.
        relation: Schema and name.
        columns: Names of the columns that the rows give.
        rows: Values; a column that has none in any row is best left out.
    """
    listed = ", ".join(columns)
    marks = f"({', '.join('?' for _ in columns)})"
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        connection.execute(
            f"insert into {relation} ({listed}) values "
            f"{', '.join([marks] * len(some))}",
            [value for row in some for value in row],
        )

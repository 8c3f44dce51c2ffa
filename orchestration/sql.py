"""SQL from Python: what cannot be bound as a parameter, and rows by name."""

from collections.abc import Mapping
from typing import Any

import duckdb

from orchestration.errors import MissingRelationError, WarehouseError
from orchestration.ingest.engine import Connection

Row = dict[str, Any]


def literal(text: object) -> str:
    """A text, or what is written as one, as an SQL literal in quotes."""
    return "'" + str(text).replace("'", "''") + "'"


def rows_of(
    connection: Connection,
    query: str,
    bound: Mapping[str, object] | None = None,
) -> list[Row]:
    """The rows of a query by name.

    Raises:
        WarehouseError: A relation is not there, since nothing was built yet.
    """
    try:
        cursor = connection.execute(query, dict(bound or {}))
    except (duckdb.CatalogException, MissingRelationError) as error:
        raise WarehouseError(
            f"The warehouse has not been built yet: {str(error).splitlines()[0]}",
            "Run `warehouse load` and `warehouse build`.",
            exit_code=2,
        ) from error
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

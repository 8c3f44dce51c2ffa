"""Connections to the embedded warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from orchestration.errors import WarehouseBusyError, WarehouseError
from orchestration.settings import Settings

MEMORY_LIMIT = "3GB"
"""Of DuckDB; with what Python needs the process stays below 4 GiB."""


@contextmanager
def open_warehouse(
    settings: Settings, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse file; closed again when the block ends.

    Args:
        settings: Which warehouse.
        read_only: Open beside other readers instead of as the one writer.

    Raises:
        WarehouseBusyError: Another process holds the file.
        WarehouseError: The file doesn't exist and is only to be read.
    """
    if read_only and not settings.database.exists():
        raise WarehouseError(
            f"There is no warehouse at {settings.database}.",
            "Run `warehouse load` and `warehouse build` first, or set WAREHOUSE_HOME "
            "to where it is.",
            exit_code=2,
        )
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(
            str(settings.database),
            read_only=read_only,
            config={"memory_limit": MEMORY_LIMIT, "threads": "2"},
        )
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise WarehouseBusyError(str(error).splitlines()[0][:200]) from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        yield connection
    finally:
        connection.close()

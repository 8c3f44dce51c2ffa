"""Connections to a warehouse of either engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from orchestration.errors import WarehouseBusyError, WarehouseError
from orchestration.ingest.engine import Connection
from orchestration.privacy.journal import refuse_while_unfinished
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.redshift.connection import RedshiftConnection

MEMORY_LIMIT = "3GB"
"""Of DuckDB; with what Python needs the process stays below 4 GiB."""


@contextmanager
def open_warehouse(
    settings: Settings, *, read_only: bool = False, erasing: bool = False
) -> Iterator[Connection]:
    """Open the warehouse; closed again when the block ends.

    Args:
        settings: Which warehouse.
        read_only: Open beside other readers instead of as the one writer. On Redshift
            writers exclude each other by a lock instead (`only_writer`).
        erasing: By the erasure that is under way, which keeps all other writers out.

    Raises:
        WarehouseBusyError: Another process holds the file.
        WarehouseError: There is no warehouse to read, it does not open, or there is
            none to connect to.
    """
    if not read_only and not erasing:
        refuse_while_unfinished(settings)
    if settings.target == "redshift":
        with _redshift() as connection:
            yield connection
    else:
        with _embedded(settings, read_only=read_only) as connection:
            yield connection


@contextmanager
def only_writer(settings: Settings) -> Iterator[None]:
    """Keep loads and other builds out while a build takes in what was loaded.

    A build in which one model sees a load that another has not would post amounts
    twice or never. The embedded engine lets one process in at a time anyway.

    Raises:
        WarehouseBusyError: Another writer is at work and stays.
    """
    if settings.target != "redshift":
        yield
        return
    with _redshift() as connection:
        connection.begin_as_only_writer()
        yield
        connection.rollback()


@contextmanager
def _redshift() -> Iterator["RedshiftConnection"]:
    # Its driver is not installed where only the embedded engine is used.
    from orchestration.redshift.connection import RedshiftConnection  # noqa: PLC0415

    connection = RedshiftConnection.from_environment()
    try:
        yield connection
    finally:
        connection.close()


def unopened(settings: Settings, error: duckdb.Error) -> WarehouseError:
    """Why the embedded warehouse does not open."""
    told = str(error).splitlines()[0]
    if "Could not set lock on file" in told:
        return WarehouseBusyError(told.partition(". See also")[0])
    return WarehouseError(
        f"The warehouse does not open: {told}",
        f"If {settings.database} is no longer what a load wrote, put a backup in its "
        "place, or move it away and load landing anew.",
    )


@contextmanager
def _embedded(
    settings: Settings, *, read_only: bool
) -> Iterator[duckdb.DuckDBPyConnection]:
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
    except duckdb.Error as error:
        raise unopened(settings, error) from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        yield connection
    finally:
        connection.close()

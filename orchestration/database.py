"""Connections to a warehouse of either engine."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
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

_WRITTEN: set[tuple[str, Path]] = set()
"""Engine and home of what this process writes: its steps do not wait for each other."""


@contextmanager
def open_warehouse(
    settings: Settings, *, read_only: bool = False, erasing: bool = False
) -> Iterator[Connection]:
    """Open the warehouse; closed again when the block ends.

    Args:
        settings: Which warehouse.
        read_only: Open beside other readers instead of as the one writer. On Redshift
            many may write; who must be alone is so by `only_writer`.
        erasing: By the erasure that is under way, which keeps all other writers out.

    Raises:
        WarehouseBusyError: Another process writes it, or holds the file.
        WarehouseError: There is no warehouse to read, it does not open, or there is
            none to connect to.
    """
    is_shared = read_only or settings.target == "redshift"
    with nullcontext() if is_shared else only_writer(settings):
        if not read_only and not erasing:
            refuse_while_unfinished(settings)
        opened: AbstractContextManager[Connection] = (
            _redshift()
            if settings.target == "redshift"
            else _embedded(settings, read_only=read_only)
        )
        with opened as connection:
            yield connection


def must_exist(settings: Settings) -> None:
    """Make no warehouse of nothing, for a command that means one that is there.

    Raises:
        WarehouseError: There is none.
    """
    if settings.target == "duckdb" and not settings.database.exists():
        raise WarehouseError(
            f"There is no warehouse at {settings.database}.",
            "Run `warehouse load` and `warehouse build` first, or set WAREHOUSE_HOME "
            "to where it is.",
            exit_code=2,
        )


@contextmanager
def only_writer(settings: Settings) -> Iterator[None]:
    """Keep other writers out of all steps of a command, and from between them.

    A build in which one model sees a load that another has not would post amounts
    twice or never. It ends with the process at worst; a step of a command that is in
    already goes on.

    Raises:
        WarehouseBusyError: Another writer is at work and stays.
    """
    written = (settings.target, settings.home)
    if written in _WRITTEN:
        yield
        return
    is_redshift = settings.target == "redshift"
    with _locked_cluster() if is_redshift else _locked_home(settings):
        _WRITTEN.add(written)
        try:
            yield
        finally:
            _WRITTEN.discard(written)


@contextmanager
def _locked_cluster() -> Iterator[None]:
    with _redshift() as connection:
        connection.begin_as_only_writer()
        yield
        connection.rollback()


@contextmanager
def _locked_home(settings: Settings) -> Iterator[None]:
    """The lock on the warehouse's own file is let go of between steps; this one not."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "writer.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            writer = f"a load, build or the like is writing (PID {lock.read()})"
            raise WarehouseBusyError(writer) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


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
    if read_only:
        must_exist(settings)
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

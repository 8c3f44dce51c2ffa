"""A connection to Redshift that is used as one to the embedded engine is."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import redshift_connector
from redshift_connector.core import Connection
from redshift_connector.error import Error, InterfaceError, OperationalError

from orchestration.errors import (
    MissingRelationError,
    WarehouseBusyError,
    WarehouseError,
)
from orchestration.ingest.engine import Parameters

LOCK_TIMEOUT_SECONDS = 10
"""How long a writer waits for another one before it gives up."""

_NAMED = re.compile(r"\$(?=[a-z_])")
# `raw` is a reserved word on Redshift.
_RAW = re.compile(r'(?<![\w".])raw\.')
_MISSING = {"42P01", "3F000"}
_CANCELLED = {"57014"}


class RedshiftError(WarehouseError):
    """Redshift refused a statement.

    Attributes:
        code: SQLSTATE, if Redshift gave one.
    """

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(
            f"Redshift: {message}",
            "Nothing was changed. Correct the cause and run the command again.",
        )
        self.code = code


class RedshiftConnection:
    """Statements one by one, each a transaction unless one was begun."""

    def __init__(self, connection: Connection) -> None:
        connection.autocommit = True
        self._connection = connection
        self._cursor = connection.cursor()

    @classmethod
    def from_environment(cls) -> "RedshiftConnection":
        """Connect as the variables REDSHIFT_* say, which dbt's profile reads too.

        Raises:
            WarehouseError: There is no cluster, or it does not let us in.
        """
        sslmode = os.environ.get("REDSHIFT_SSLMODE", "verify-full")
        try:
            connection = redshift_connector.connect(
                host=os.environ.get("REDSHIFT_HOST", "localhost"),
                port=int(os.environ.get("REDSHIFT_PORT", "5439")),
                user=os.environ.get("REDSHIFT_USER", "warehouse"),
                password=os.environ.get("REDSHIFT_PASSWORD", ""),
                database=os.environ.get("REDSHIFT_DBNAME", "warehouse"),
                application_name="betting-warehouse",
                ssl=sslmode != "disable",
                sslmode=sslmode,
            )
        except (InterfaceError, OperationalError) as error:
            raise WarehouseError(
                f"Can't connect to Redshift: {_words(error)[0]}",
                "Check REDSHIFT_HOST, _PORT, _USER, _PASSWORD and _DBNAME, and that "
                "the cluster lets this machine in.",
                exit_code=2,
            ) from error
        return cls(connection)

    def execute(
        self, query: str, parameters: Parameters | None = None
    ) -> "RedshiftConnection":
        """Run a statement; parameters are `$name` in a mapping or `?` in a sequence.

        Raises:
            MissingRelationError: A relation is not there.
            RedshiftError: Any other refusal.
        """
        query = _RAW.sub('"raw".', query)
        if isinstance(parameters, Mapping):
            self._cursor.paramstyle = "named"
            query = _NAMED.sub(":", query)
        elif parameters:
            self._cursor.paramstyle = "qmark"
        try:
            self._cursor.execute(query, parameters or None)
        except Error as error:
            message, code = _words(error)
            if code in _MISSING:
                raise MissingRelationError(f"Redshift: {message}") from error
            raise RedshiftError(message, code) from error
        return self

    @property
    def description(self) -> Sequence[Any] | None:
        """One tuple per column of the last query, its name first."""
        description: Sequence[Any] | None = self._cursor.description
        return description

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        row = self._cursor.fetchone()
        return None if row is None else tuple(row)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows left."""
        return [tuple(row) for row in self._cursor.fetchall()]

    def begin(self) -> None:
        """Begin a transaction."""
        self.execute("begin")

    def begin_as_only_writer(self) -> None:
        """Begin a transaction in which no other writer is.

        Raises:
            WarehouseBusyError: Another writer did not end in time.
        """
        self.execute(f"set statement_timeout to {LOCK_TIMEOUT_SECONDS * 1000}")
        self.begin()
        try:
            self.execute("lock raw.writer_lock")
        except RedshiftError as error:
            self.rollback()
            if error.code not in _CANCELLED:
                raise
            raise WarehouseBusyError("another load or build is writing") from error
        finally:
            self.execute("set statement_timeout to 0")

    def commit(self) -> None:
        """Make the transaction last."""
        self.execute("commit")

    def rollback(self) -> None:
        """Undo the transaction."""
        self.execute("rollback")

    def close(self) -> None:
        """Leave; what was not committed is undone."""
        self._connection.close()


def _words(error: BaseException) -> tuple[str, str | None]:
    """The server's message and SQLSTATE, or the driver's own words."""
    told: Any = error.args[0] if error.args else str(error)
    if isinstance(told, Mapping):
        return str(told.get("M", told)), told.get("C")
    if isinstance(told, Sequence) and not isinstance(told, str):
        return " ".join(map(str, told)), None
    return str(told).splitlines()[0][:300], None

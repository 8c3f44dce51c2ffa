"""Redshift as the loader sees it: files are normalised, staged on S3 and copied."""

import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import WarehouseError
from orchestration.ingest.batch import Batch
from orchestration.ingest.contract import TableContract
from orchestration.ingest.engine import Connection
from orchestration.ingest.schema import BOOKKEEPING, definition
from orchestration.redshift.bucket import Prefix, s3_problem
from orchestration.redshift.connection import RedshiftConnection
from orchestration.redshift.layout import distribution_key
from orchestration.redshift.sql import RedshiftSql

ROWS_PER_FILE = 250_000
"""A batch of a million rows becomes four files, so that four slices copy at a time."""

_ROLE = re.compile(r"default|arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]+")


@contextmanager
def redshift_engine(connection: Connection, spill: Path) -> Iterator["Redshift"]:
    """The engine of one load; what it wrote to disk and S3 is gone when it ends.

    Args:
        connection: To Redshift.
        spill: Directory for temporary files.

    Raises:
        WarehouseError: The environment doesn't say where to stage, or S3 failed.
    """
    if not isinstance(connection, RedshiftConnection):
        raise TypeError(type(connection))
    bucket = os.environ.get("REDSHIFT_S3_BUCKET")
    role = os.environ.get("REDSHIFT_IAM_ROLE", "default")
    if not bucket or not _ROLE.fullmatch(role):
        raise WarehouseError(
            "REDSHIFT_S3_BUCKET must name a bucket, and REDSHIFT_IAM_ROLE a role that "
            "may read it (or be left out for the cluster's default role).",
            "docs/guides/redshift.md says what both are for.",
            exit_code=2,
        )
    reader = duckdb.connect(config={"memory_limit": "2GB", "threads": "2"})
    engine = Redshift(connection, reader, bucket, role, spill)
    try:
        reader.execute("set TimeZone = 'UTC'")
        reader.execute("set temp_directory = ?", [str(spill)])
        for statement in BOOKKEEPING:
            reader.execute(statement)
        yield engine
    except (BotoCoreError, ClientError) as error:
        raise s3_problem(error) from error
    finally:
        reader.close()
        engine.clear()


class Redshift(RedshiftSql):
    """See `orchestration.ingest.engine.Engine`.

    Files are read, checked and given the contract's types by DuckDB, with the SQL that
    the embedded engine uses. So both refuse the same rows for the same reasons, and
    COPY, which takes columns by position, fails on one wrong type and then loads
    nothing, gets only files that it takes.
    """

    def __init__(
        self,
        connection: RedshiftConnection,
        reader: duckdb.DuckDBPyConnection,
        bucket: str,
        role: str,
        spill: Path,
    ) -> None:
        self.connection = connection
        self.reader = reader
        database = os.environ.get("REDSHIFT_DBNAME", "warehouse")
        self._all_loads = Prefix(f"s3://{bucket}/loads/{database}")
        own = f"copy-{uuid.uuid4().hex}"
        self._staged = Prefix(f"{self._all_loads.url}/{own}")
        self._folder = spill / own
        self._role = role
        self._copies = 0

    def begin(self) -> None:
        """See `Engine`."""
        self.connection.begin_as_only_writer()
        # Whatever lies there is of loads that were killed: it is nobody's now.
        self._all_loads.clear()
        for left in self._folder.parent.glob("copy-*"):
            shutil.rmtree(left, ignore_errors=True)
        self._folder.mkdir(parents=True)

    def clear(self) -> None:
        """Remove what the load wrote to disk and S3."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._staged.clear()

    def stage(self, batch: Batch, known_at: datetime) -> dict[int, int]:
        """See `Engine`."""
        # A try that failed half-way may have left some.
        self.reader.execute("delete from raw.quarantine")
        quarantined = batch.read_into(self.reader, known_at)
        contract = batch.contract
        surrogates = [f"{name} bigint not null" for name in contract.surrogates]
        columns = [*surrogates, *map(definition, contract.scalars), *_ROW]
        self._create(contract, "incoming", [*columns, "is_bad boolean not null"])
        lists = ", ".join(f'"{name}"' for name in contract.children)
        self._copy(
            "incoming",
            f"select * {f'exclude ({lists})' if lists else ''} from incoming "
            "where not is_bad",
        )
        for name, child in contract.children.items():
            staging = f"incoming__{name}"
            self._create(contract, staging, [*map(definition, child.columns), *_ROW])
            fields = ", ".join(f'item."{c.name}"' for c in child.columns)
            self._copy(
                staging,
                f"select {fields}, file_id, file_row from (select file_id, file_row, "
                f'unnest("{name}") as item from incoming where not is_bad)',
            )
        if quarantined:
            self._copy("raw.quarantine", "select * from raw.quarantine")
        return quarantined

    def _create(
        self, contract: TableContract, relation: str, columns: list[str]
    ) -> None:
        key = distribution_key(contract)
        spread = f" distkey({key})" if relation == "incoming" else ""
        self.connection.execute(f"drop table if exists {relation}")
        self.connection.execute(
            f"create temp table {relation} ({', '.join(columns)}){spread}"
        )

    def _copy(self, relation: str, query: str) -> None:
        """COPY the rows of the reader's query, by a manifest of their own."""
        self._copies += 1
        name = f"{self._copies:04}-{relation.replace('.', '_')}"
        files = self._written(name, query)
        if files:
            manifest = self._staged.put_with_manifest(files, name)
            role = "default" if self._role == "default" else f"'{self._role}'"
            self.connection.execute(
                f"copy {relation} from '{manifest}' iam_role {role} "
                "format as parquet manifest statupdate off"
            )
        for file in files:
            file.unlink()

    def _written(self, name: str, query: str) -> list[Path]:
        """Parquet files of a query's rows, none when it has none."""
        self.reader.execute(f"create or replace temp table outgoing as {query}")
        row = self.reader.execute("select count(*) from outgoing").fetchone()
        rows = row[0] if row else 0
        files = []
        for number, first in enumerate(range(0, rows, ROWS_PER_FILE)):
            file = self._folder / f"{name}-{number}.parquet"
            self.reader.execute(
                f"copy (select * from outgoing where rowid >= {first} "
                f"and rowid < {first + ROWS_PER_FILE}) to ? (format parquet)",
                [str(file)],
            )
            files.append(file)
        return files


_ROW = ("file_id bigint not null", "file_row bigint not null")

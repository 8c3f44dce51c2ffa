"""Redshift as the loader sees it: files are normalised, staged on S3 and copied."""

import os
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import WarehouseError
from orchestration.ingest.batch import Batch
from orchestration.ingest.contract import Column, TableContract
from orchestration.ingest.engine import Connection
from orchestration.ingest.schema import BOOKKEEPING, definition
from orchestration.redshift.bucket import Prefix, s3_problem
from orchestration.redshift.connection import RedshiftConnection
from orchestration.redshift.layout import distribution_key

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
        reader.execute(f"set temp_directory = '{spill}'")
        for statement in BOOKKEEPING:
            reader.execute(statement)
        yield engine
    except (BotoCoreError, ClientError) as error:
        raise s3_problem(error) from error
    finally:
        reader.close()
        engine.clear()


class Redshift:
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
            self.reader.execute("delete from raw.quarantine")
        return quarantined

    def digest(self, contract: TableContract) -> str:
        """See `Engine`."""
        values = [_text(c) for c in contract.scalars if c.name != "recorded_at"]
        values += [f"""coalesce("{name}", '')""" for name in contract.children]
        return f"md5({' || '.join(f'md5({value})' for value in values)})"

    def items(self, child: TableContract) -> str:
        """See `Engine`; LISTAGG holds the digests of some 2,000 rows."""
        row = f"md5({' || '.join(f'md5({_text(c)})' for c in child.columns)})"
        return f"listagg({row}) within group (order by {row})"

    def contested_rows(self, relation: str, key: Sequence[str]) -> str:
        """See `Engine`."""
        same_key = " and ".join(f"other.{c} = rows_there.{c}" for c in key)
        return (
            f"select rows_there.* from {relation} as rows_there where exists "
            f"(select 1 from contested as other where {same_key})"
        )

    def incoming(self, contract: TableContract) -> str:
        """See `Engine`."""
        names = [*contract.surrogates, *(c.name for c in contract.scalars)]
        columns = [f'incoming."{n}"' for n in (*names, "file_id", "file_row", "is_bad")]
        joins = ""
        for name, child in contract.children.items():
            columns.append(f'{name}_items.items as "{name}"')
            joins += f"""
                left join (
                    select file_id, file_row, {self.items(child)} as items
                    from incoming__{name} group by file_id, file_row
                ) as {name}_items
                    on {name}_items.file_id = incoming.file_id
                    and {name}_items.file_row = incoming.file_row"""
        return f"(select {', '.join(columns)} from incoming{joins}) as incoming"

    def child_rows(self, contract: TableContract, name: str, accepted: str) -> str:
        """See `Engine`."""
        child = contract.children[name]
        columns = [f'accepted."{c}"' for c in (*contract.surrogates, *child.key)]
        columns += [f'items."{c.name}"' for c in child.columns]
        return f"""
            select {", ".join(columns)}, accepted.revision, $known_at
            from ({accepted}) as accepted
            join incoming__{name} as items
                on items.file_id = accepted.file_id
                and items.file_row = accepted.file_row
        """

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
                f"and rowid < {first + ROWS_PER_FILE}) to '{file}' (format parquet)"
            )
            files.append(file)
        return files


_ROW = ("file_id bigint not null", "file_row bigint not null")


def _text(column: Column) -> str:
    """A column's value as text that is the same whenever the value is."""
    value = f'"{column.name}"'
    if column.family == "boolean":
        value = f"case when {value} then 'true' when not {value} then 'false' end"
    elif column.family != "varchar":
        value = f"cast({value} as varchar(64))"
    # A text cannot be equal to nothing: it begins with a quote.
    return f"""coalesce('"' || {value}, 'null')"""

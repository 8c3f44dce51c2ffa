"""COPY of parquet from S3, as Redshift does it: by position, strict, all or nothing.

The rules are those of copy-usage_notes-copy-from-columnar.html and
loading-data-files-using-manifest.html under https://docs.aws.amazon.com/redshift/latest/dg/.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import boto3
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from tests.redshift.emulator.tokens import quote

_COPY = re.compile(
    r"""^\s*copy\s+(?P<table>[\w."]+)\s*(?:\((?P<columns>[^)]*)\))?\s+
        from\s+'(?P<uri>s3://[^']+)'\s*(?P<options>.*?);?\s*$""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
# What COPY takes together with a columnar format.
_OPTIONS = {
    "format", "as", "parquet", "iam_role", "credentials", "manifest", "fillrecord",
    "statupdate", "acceptinvchars", "explicit_ids", "serializetojson", "default",
    "on", "off", "true", "false",
}  # fmt: skip
_PRECISE = re.compile(r"numeric\((\d+),(\d+)\)")


class CopyError(Exception):
    """COPY was refused; the message is what the session gets to see."""


@dataclass(frozen=True)
class Copy:
    """A COPY statement: its target and where the data is."""

    table: str
    columns: list[str]
    uri: str
    options: set[str]

    @classmethod
    def parse(cls, sql: str) -> Self | None:
        """The statement's parts, or None when it is not a COPY from S3."""
        found = _COPY.match(_COMMENT.sub("", sql))
        if found is None:
            return None
        names = [
            n.strip().strip('"').lower() for n in (found["columns"] or "").split(",")
        ]
        options = re.sub(r"'[^']*'", " ", found["options"]).lower().split()
        return cls(found["table"], [n for n in names if n], found["uri"], set(options))

    @property
    def statement(self) -> str:
        """What PostgreSQL is asked to do with the data that the proxy sends."""
        columns = f"({', '.join(self.columns)})" if self.columns else ""
        return f"copy {self.table} {columns} from stdin with (format csv)"

    @property
    def target_query(self) -> str:
        """A query for the target's columns: name and type, in order."""
        return (
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            f" where attrelid = to_regclass({quote(self.table)})"
            " and attnum > 0 and not attisdropped order by attnum"
        )


class Bucket:
    """The files of S3 that COPY reads."""

    def __init__(self, endpoint: str) -> None:
        self._s3 = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="eu-west-1",
            aws_access_key_id="emulated",
            aws_secret_access_key="emulated",  # noqa: S106 - a local server
        )

    def tables(self, copy: Copy) -> Iterator[tuple[str, pa.Table]]:
        """Each file's URI and rows.

        Raises CopyError for what makes Redshift refuse the whole COPY.
        """
        if not copy.options & {"iam_role", "credentials"}:
            raise CopyError("COPY needs IAM_ROLE or CREDENTIALS")
        if unknown := copy.options - _OPTIONS:
            names = ", ".join(sorted(unknown)).upper()
            raise CopyError(f"{names} argument is not supported for PARQUET based COPY")
        if "parquet" not in copy.options:
            raise CopyError("only FORMAT AS PARQUET is emulated")
        files = self._manifest if "manifest" in copy.options else self._prefix
        for uri, mandatory, length in files(copy.uri):
            try:
                body = self._read(uri)
            except CopyError:
                if mandatory:
                    raise
                continue
            if length is not None and length != len(body):
                raise CopyError(
                    f"content_length of {uri} is {length}, the file's is {len(body)}"
                )
            yield uri, _parquet(uri, body)

    def _read(self, uri: str) -> bytes:
        bucket, key = uri.removeprefix("s3://").split("/", 1)
        try:
            answer = self._s3.get_object(Bucket=bucket, Key=key)
            return bytes(answer["Body"].read())
        except ClientError as error:
            raise CopyError(f"The specified key does not exist: {uri}") from error

    def _prefix(self, uri: str) -> Iterator[tuple[str, bool, int | None]]:
        bucket, prefix = uri.removeprefix("s3://").split("/", 1)
        pages = self._s3.get_paginator("list_objects_v2")
        found = False
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                found = True
                yield f"s3://{bucket}/{item['Key']}", True, None
        if not found:
            raise CopyError(f"The specified S3 prefix '{prefix}' does not exist")

    def _manifest(self, uri: str) -> Iterator[tuple[str, bool, int | None]]:
        try:
            entries: list[dict[str, Any]] = json.loads(self._read(uri))["entries"]
        except (ValueError, KeyError, TypeError) as error:
            raise CopyError(f"{uri} is not a manifest: {error}") from error
        for entry in entries:
            length = entry.get("meta", {}).get("content_length")
            if length is None:
                raise CopyError(
                    f"{entry['url']} has no meta.content_length, which the manifest of"
                    " a columnar COPY must have"
                )
            yield entry["url"], entry.get("mandatory", False), length


def _parquet(uri: str, body: bytes) -> pa.Table:
    try:
        return pq.read_table(io.BytesIO(body))
    except (pa.ArrowException, OSError) as error:
        raise CopyError(f"{uri} is not a valid Parquet File: {error}") from error


def rows_as_csv(
    copy: Copy, target: list[tuple[str, str]], files: Iterator[tuple[str, pa.Table]]
) -> Iterator[bytes]:
    """The rows of all files in PostgreSQL's CSV.

    `target` gives name and type of the table's columns. Raises CopyError when a file's
    columns do not fit them.
    """
    columns = [c for c in target if not copy.columns or c[0] in copy.columns]
    for uri, rows in files:
        if rows.num_columns != len(columns):
            raise CopyError(
                f"{uri} has {rows.num_columns} columns,"
                f" the COPY target {copy.table} has {len(columns)}"
            )
        arrays = []
        for field, array, (name, type_) in zip(
            rows.schema, rows.columns, columns, strict=True
        ):
            if type_ == "jsonb" and "serializetojson" in copy.options:
                array = pa.array(map(_json, array.to_pylist()), pa.string())  # noqa: PLW2901
            elif not _fits(type_, field.type):
                raise CopyError(
                    f"file {uri} has an incompatible Parquet schema for column {name}."
                    f" Column type: {type_}, Parquet schema: {field.type}"
                )
            arrays.append(array)
        buffer = io.BytesIO()
        table = pa.table(arrays, names=[str(n) for n in range(len(arrays))])
        pyarrow.csv.write_csv(
            table, buffer, pyarrow.csv.WriteOptions(include_header=False)
        )
        yield buffer.getvalue()


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, default=str)


def _fits(column: str, parquet: pa.DataType) -> bool:
    """True when a parquet type loads into a column of this PostgreSQL type."""
    if precise := _PRECISE.fullmatch(column):
        return bool(parquet == pa.decimal128(int(precise[1]), int(precise[2])))
    checks = {
        "smallint": pa.types.is_int16,
        "integer": pa.types.is_int32,
        "bigint": pa.types.is_int64,
        "real": pa.types.is_float32,
        "double precision": pa.types.is_float64,
        "boolean": pa.types.is_boolean,
        "date": pa.types.is_date32,
        "timestamp without time zone": pa.types.is_timestamp,
        "timestamp with time zone": pa.types.is_timestamp,
        "character": _is_text,
        "character varying": _is_text,
    }
    check = checks.get(column.partition("(")[0])
    return check is not None and bool(check(parquet))


def _is_text(parquet: pa.DataType) -> bool:
    return bool(pa.types.is_string(parquet) or pa.types.is_large_string(parquet))

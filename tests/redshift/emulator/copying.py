"""COPY of parquet from S3, as Redshift does it: by position, strict, all or nothing.

https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import pyarrow as pa
import pyarrow.csv

from tests.redshift.emulator.tokens import quote

_COPY = re.compile(
    r"""^\s*copy\s+(?P<table>[\w."]+)\s*(?:\((?P<columns>[^)]*)\))?\s+
        from\s+'(?P<uri>s3://[^']+)'\s*(?P<options>.*?);?\s*$""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
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

"""The forms that a relation is exported in, and how each spells its values."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import WarehouseError
from orchestration.serving.sheet import MOST_ROWS, write_sheet

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001 - full-width ones count as well
"""A text that begins with one of these, a spreadsheet may run."""

BATCH = 10_000


class Form(StrEnum):
    """What is written."""

    PARQUET = "parquet"
    CSV = "csv"
    XLSX = "xlsx"


def write(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    form: Form,
    columns: Sequence[dict[str, str]],
    draft: Path,
    about: dict[str, Any],
) -> tuple[int, int]:
    """Write a relation.

    Args:
        connection: The file that has it.
        relation: Schema and name.
        form: What to write.
        columns: Name, type and description of each column.
        draft: Where to.
        about: What a workbook says of it beside its rows.

    Returns:
        Rows written, and cells of text that were guarded against being formulas.

    Raises:
        WarehouseError: A sheet cannot hold it.
    """
    if form is Form.PARQUET:
        return _parquet(connection, relation, draft), 0
    if form is Form.CSV:
        return _csv(connection, relation, columns, draft)
    return _xlsx(connection, relation, columns, draft, about), 0


def guarded_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with an apostrophe before it."""
    is_risky = text.lstrip(" ")[:1] in FORMULA_STARTS if text.strip(" ") else False
    return f"'{text}" if is_risky else text


def _parquet(connection: duckdb.DuckDBPyConnection, relation: str, draft: Path) -> int:
    row = connection.execute(
        f"copy (select * from {_quoted(relation)}) to ? "
        "(format parquet, compression zstd)",
        [str(draft)],
    ).fetchone()
    return int(row[0]) if row else 0


def _csv(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[dict[str, str]],
    draft: Path,
) -> tuple[int, int]:
    """Rows written, and cells of text that were guarded against being formulas."""
    count = guarded = 0
    cursor = connection.execute(f"select * from {_quoted(relation)}")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(column["name"] for column in columns)
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                cells = [_as_text(value) for value in row]
                count += 1
                guarded += sum(
                    cell != value
                    for cell, value in zip(cells, row, strict=True)
                    if isinstance(value, str)
                )
                writer.writerow(cells)
    return count, guarded


def _as_text(value: object) -> str:
    """A value in CSV: nothing for null, ISO 8601 for times, all digits of decimals."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _xlsx(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[dict[str, str]],
    draft: Path,
    about: dict[str, Any],
) -> int:
    row = connection.execute(f"select count(*) from {_quoted(relation)}").fetchone()
    rows = int(row[0]) if row else 0
    if rows > MOST_ROWS:
        raise WarehouseError(
            f"{relation} has {rows:,} rows; a sheet holds {MOST_ROWS:,}.",
            "Export it as parquet or CSV.",
            exit_code=2,
        )
    cursor = connection.execute(f"select * from {_quoted(relation)}")

    def batches() -> Iterator[tuple[Any, ...]]:
        while some := cursor.fetchmany(BATCH):
            yield from some

    write_sheet(draft, relation, columns, batches(), about)
    return rows


def _quoted(relation: str) -> str:
    schema, _, name = relation.partition(".")
    return f'"{schema}"."{name}"'

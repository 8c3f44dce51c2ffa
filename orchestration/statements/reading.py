"""From a landed file to rows of text, and from these to cells."""

from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from orchestration.ingest.files import LandedFile
from orchestration.sql import literal
from orchestration.statements.feed import Feed


@dataclass(frozen=True)
class Statement:
    """A file that can be read.

    Attributes:
        feed: Its feed.
        file: The landed file.
        delivered_at: When the sender delivered it, naive UTC.
        rows: All columns that the feed maps, as text, and `file_row` from 0.
    """

    feed: Feed
    file: LandedFile
    delivered_at: datetime
    rows: pa.Table


@dataclass(frozen=True)
class Refusal:
    """Why a whole file is refused: reason code, words, column if one is to blame."""

    reason: str
    message: str
    column: str | None = None
    rows: int = 0


def read(feed: Feed, file: LandedFile) -> Statement | Refusal:
    """Read a file as text; what its values are worth is seen row by row."""
    # In a database of its own: an error would end the load's transaction.
    with duckdb.connect() as reader:
        try:
            rows = _text_of(reader, file)
        except duckdb.Error:
            kind = file.path.rsplit(".", 1)[-1]
            return Refusal("unreadable_file", f"the file can't be read as {kind}")
    for column in feed.columns:
        if column not in rows.column_names:
            message = f"column {column} is missing"
            return Refusal("missing_column", message, column, rows.num_rows)
    stated = feed.delivered_at.get("column")
    values = rows.column(stated).to_pylist() if stated else []
    latest = max((value for value in values if value), default=None)
    delivered_at = feed.delivery_time(file, latest)
    if delivered_at is None:
        message = "neither the file nor its name says when it was delivered"
        return Refusal("missing_delivery_time", message, stated, rows.num_rows)
    return Statement(feed, file, delivered_at, rows.select([*feed.columns, "file_row"]))


def _text_of(reader: duckdb.DuckDBPyConnection, file: LandedFile) -> pa.Table:
    """All columns as text."""
    is_csv = file.path.endswith(".csv")
    source = "read_csv(?, all_varchar = true)" if is_csv else "read_parquet(?)"
    number = "row_number() over () - 1"
    query = f"select cast(columns(*) as varchar), {number} as file_row from {source}"
    table: pa.Table = reader.sql(query, params=[str(file.location)]).to_arrow_table()
    return table


def cells_of(feed: Feed) -> tuple[str, str]:
    """SQL over `landed` that makes the temp tables `incoming_rows`, `incoming_cells`.

    `incoming_rows` has entity, period_date, the measures and the `reason` why a row is
    quarantined, null for none.
    """
    parts = [f"""nullif(trim("{column}"), '')""" for column in feed.entity]
    entity = " || '|' || ".join(parts)
    period = f'trim("{feed.period}")'
    period_date = (
        f"cast(try_strptime({period}, {literal(feed.period_format)}) as date)"
        if feed.period_format
        else f"cast(try_cast({period} as timestamp) as date)"
    )
    figures = {
        name: f"""nullif(trim("{column}"), '')"""
        for name, column in feed.measures.items()
    }
    typed = ", ".join(
        f'try_cast({text} as decimal(28, 6)) as "{name}"'
        for name, text in figures.items()
    )
    is_bad = " or ".join(
        f"({text} is not null and try_cast({text} as decimal(28, 6)) is null)"
        for text in figures.values()
    )
    rows = f"""
        create or replace temp table incoming_rows as
        with typed as (
            select file_row, {entity} as entity, {period_date} as period_date, {typed},
                {is_bad} as is_bad
            from landed
        )
        select * exclude is_bad, case
            when entity is null or period_date is null or length(entity) > 256
                then 'missing_key'
            when is_bad then 'not_a_number'
            when count(*) over (partition by entity, period_date) > 1
                then 'ambiguous_key'
            end as reason
        from typed
    """
    each = " union all ".join(
        f"""select file_row, entity, period_date, {literal(name)} as measure,
            "{name}" as figure from incoming_rows
            where reason is null and "{name}" is not null"""
        for name in feed.measures
    )
    return rows, f"create or replace temp table incoming_cells as {each}"

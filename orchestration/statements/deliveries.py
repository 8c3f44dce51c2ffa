"""Take in deliveries, within the transaction of a load."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb

from orchestration.ingest.files import STATEMENTS, LandedFile
from orchestration.ingest.ledger import FileOutcome
from orchestration.statements.changes import (
    CELLS,
    CHANGES,
    COMPARED,
    KEEP_CHANGES,
    STANDING,
)
from orchestration.statements.feed import Feed
from orchestration.statements.reading import Refusal, Statement, cells_of, read
from orchestration.statements.suspicion import SUSPECT

LAST = datetime(9999, 12, 31)
MESSAGES = {
    "missing_key": "entity and period must be given and readable",
    "not_a_number": "every figure must be a number or empty",
    "ambiguous_key": "a file states a period of an entity once",
}

Statements = Sequence[tuple[LandedFile, Statement | Refusal]]

_DELIVERY = """
    insert into raw.statements__deliveries
    values ($delivery_id, $file_id, $feed, $row_count, $delivered_at, $known_at)
"""

_IN_WORDS = " ".join(f"when '{one}' then '{text}'" for one, text in MESSAGES.items())

_QUARANTINE = f"""
    insert into raw.quarantine
    select $file_id, '{STATEMENTS}', $feed, null, 'row', reason,
        case reason {_IN_WORDS} end, file_row, $known_at
    from incoming_rows where reason is not null
"""


def read_all(feeds: Mapping[str, Feed], files: Sequence[LandedFile]) -> Statements:
    """Read files, in the order in which they were delivered; refused ones come last."""
    read_files = [(file, _read_one(feeds, file)) for file in files]
    return sorted(
        read_files,
        key=lambda one: (
            one[0].table,
            one[1].delivered_at if isinstance(one[1], Statement) else LAST,
            one[0].path,
        ),
    )


def _read_one(feeds: Mapping[str, Feed], file: LandedFile) -> Statement | Refusal:
    feed = feeds.get(file.table)
    if feed is None:
        return Refusal("unknown_table", "no mapping is declared for this feed")
    return read(feed, file)


def append(
    connection: duckdb.DuckDBPyConnection,
    statements: Statements,
    first_id: int,
    known_at: datetime,
) -> list[FileOutcome]:
    """Append what each delivery changes; a row of `raw.files` for each comes back.

    Args:
        connection: In the load's transaction.
        statements: What `read_all` gave.
        first_id: Number of the first file.
        known_at: The load's moment.
    """
    outcomes = []
    for file_id, (file, one) in enumerate(statements, first_id):
        if isinstance(one, Refusal):
            outcome = FileOutcome(file_id, file, one.rows, rows_quarantined=one.rows)
            outcome.reason, outcome.message = one.reason, one.message
            outcome.column = one.column
        else:
            outcome = _append_one(connection, one, file_id, known_at)
        outcomes.append(outcome)
    return outcomes


def _append_one(
    connection: duckdb.DuckDBPyConnection,
    statement: Statement,
    file_id: int,
    known_at: datetime,
) -> FileOutcome:
    feed, limits = statement.feed, statement.feed.thresholds
    # A result that is not read to its end keeps the connection from registering.
    connection.execute("select 1").fetchall()
    connection.register("landed", statement.rows)
    for sql in cells_of(feed):
        connection.execute(sql)
    connection.unregister("landed")
    bound = {
        "feed": feed.name,
        "file_id": file_id,
        "delivery_id": file_id,
        "delivered_at": statement.delivered_at,
        "known_at": known_at,
        "is_rolling": feed.is_rolling,
        "totals": list(feed.totals),
        "row_count": statement.rows.num_rows,
    } | vars(limits)
    for sql in (
        STANDING,
        _DELIVERY,
        _QUARANTINE,
        COMPARED,
        CELLS,
        CHANGES,
        KEEP_CHANGES,
        SUSPECT,
    ):
        named = {name: value for name, value in bound.items() if f"${name}" in sql}
        connection.execute(sql, named)
    return FileOutcome(
        file_id,
        statement.file,
        statement.rows.num_rows,
        rows_loaded=_count(
            connection,
            "incoming_rows semi join (select entity, period_date from compared "
            "where figure is distinct from delivered_figure) "
            "using (entity, period_date) where reason is null",
        ),
        rows_quarantined=_count(connection, "incoming_rows where reason is not null"),
    )


def _count(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    [(count,)] = connection.execute(f"select count(*) from {rows}").fetchall()
    return int(count)

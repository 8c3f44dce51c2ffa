"""The ledger of files: what became of each, and what was seen before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.ingest.engine import Connection, execute_many
from orchestration.ingest.files import LandedFile

Seen = dict[str, set[tuple[int, int, str]]]
"""Path -> (size in bytes, modification time in ns, checksum) of each load of it."""


@dataclass
class FileOutcome:
    """What became of one file: one row of `raw.files`.

    Attributes:
        file_id: Number of the file.
        file: The file.
        rows_in: Rows that the footer promises, 0 when there is none.
        rows_loaded: Rows appended to raw.
        rows_quarantined: Rows refused, each with one or more reasons.
        reason: Why the whole file was refused, or None.
        message: That reason in words, or a remark such as ignored extra columns.
        column: The column that the reason is about.
    """

    file_id: int
    file: LandedFile
    rows_in: int
    rows_loaded: int = 0
    rows_quarantined: int = 0
    reason: str | None = None
    message: str | None = None
    column: str | None = None

    @property
    def rows_duplicate(self) -> int:
        """Good rows that said nothing new."""
        return self.rows_in - self.rows_loaded - self.rows_quarantined


def files_seen(connection: Connection) -> Seen:
    """Each path that was loaded, with what its file was like each time."""
    seen: Seen = {}
    for path, size, modified, checksum in connection.execute(
        "select path, size_bytes, modified_ns, checksum from raw.files"
    ).fetchall():
        seen.setdefault(path, set()).add((size, modified, checksum))
    return seen


def record(
    connection: Connection,
    outcomes: Sequence[FileOutcome],
    load_id: int,
    known_at: datetime,
) -> None:
    """Write the file ledger, and a quarantine row for each file refused whole."""
    files = [
        (
            o.file_id, load_id, o.file.source, o.file.table, o.file.path,
            o.file.checksum, o.reason, o.message, o.file.size_bytes,
            o.file.modified_ns, o.rows_in, o.rows_loaded, o.rows_duplicate,
            o.rows_quarantined, known_at,
        )
        for o in outcomes
    ]  # fmt: skip
    refused = [
        (
            o.file_id, o.file.source, o.file.table, o.column, "file", o.reason,
            o.message, known_at,
        )
        for o in outcomes
        if o.reason is not None
    ]  # fmt: skip
    execute_many(connection, "raw.files", _LEDGER, files)
    execute_many(connection, "raw.quarantine", _REFUSED, refused)


_LEDGER = (
    "file_id", "load_id", "source", "relation", "path", "checksum", "reason", "message",
    "size_bytes", "modified_ns", "rows_in", "rows_loaded", "rows_duplicate",
    "rows_quarantined", "known_at",
)  # fmt: skip
_REFUSED = (
    "file_id", "source", "relation", "column_name", "value_class", "reason", "message",
    "known_at",
)  # fmt: skip


def rows_by_file(connection: Connection, rows: str) -> dict[int, int]:
    """Number of rows of a relation, by file; `rows` is what follows `from`."""
    return dict(
        connection.execute(
            f"select file_id, count(*) from {rows} group by file_id"
        ).fetchall()
    )

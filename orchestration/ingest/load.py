"""One load: everything new in landing becomes known at one moment, or nothing does."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.errors import WarehouseError
from orchestration.ingest.append import append
from orchestration.ingest.contract import TableContract
from orchestration.ingest.engine import Connection, Embedded, Engine
from orchestration.ingest.files import STATEMENTS, LandedFile, new_files
from orchestration.ingest.ledger import FileOutcome, Seen, files_seen, record
from orchestration.ingest.plan import plan
from orchestration.ingest.schema import ensure_relations
from orchestration.ingest.unreadable import Copies, copies_in, copy_unreadable
from orchestration.privacy.tombstones import Tombstones
from orchestration.statements import deliveries
from orchestration.statements.feed import Feed, feeds

Progress = Callable[[int, int], None]
Contracts = dict[tuple[str, str], TableContract]


@dataclass(frozen=True)
class LoadReport:
    """What one load did.

    Attributes:
        load_id: Number of the load, None when there was nothing new.
        known_at: Moment from which its rows are known, UTC.
        files: Per file what became of it.
        statements_left: Files of statements that this engine can't take in.
    """

    load_id: int | None = None
    known_at: datetime | None = None
    files: Sequence[FileOutcome] = field(default_factory=tuple)
    statements_left: int = 0

    def total(self, count: str) -> int:
        """Sum over the files of `rows_in`, `rows_loaded`, `rows_duplicate`, ..."""
        return sum(int(getattr(outcome, count)) for outcome in self.files)


def load(  # noqa: PLR0913 - options, all by name
    connection: Connection,
    contracts: Contracts,
    landing: Path,
    *,
    known_at: datetime | None = None,
    spill: Path | None = None,
    fetch: Callable[[Seen], None] = lambda seen: None,
    progress: Progress = lambda done, total: None,
    statement_feeds: Mapping[str, Feed] | None = None,
) -> LoadReport:
    """Load all new files of the landing zone in one transaction.

    Args:
        connection: Open for writing.
        contracts: Contract by (source, table).
        landing: The landing directory.
        known_at: Moment to stamp, naive UTC; must be later than the last load's.
            Default: now.
        spill: Directory for temporary files.
        fetch: Brings what is new, by what was loaded, into the landing directory.
        progress: Called with (files done, files in all).
        statement_feeds: Feeds of statements by name; those of the project by default.

    Raises:
        WarehouseError: `known_at` is not later than the last load's.
    """
    spill = spill or landing.parent / "spill"
    files: list[LandedFile] = []
    with _engine(connection, spill) as engine, copies_in(spill) as copies:
        ensure_relations(connection, contracts.values())
        while True:
            engine.begin()
            try:
                stamp = next_known_at(connection, known_at)
                seen = files_seen(connection)
                fetch(seen)
                landed = new_files(landing, seen)
                files = [file for file in landed if file.source != STATEMENTS]
                statements = _statements(connection, landed, statement_feeds)
                left = len(landed) - len(files) - len(statements)
                if not files and not statements:
                    connection.rollback()
                    return LoadReport(statements_left=left)
                report = _load_once(
                    engine,
                    contracts,
                    files,
                    copies,
                    stamp,
                    progress,
                    statements,
                )
                return replace(report, statements_left=left)
            except duckdb.OutOfMemoryException:
                # Says nothing about the files, which would be refused for good.
                connection.rollback()
                raise
            except duckdb.Error:
                connection.rollback()
                if not copy_unreadable(engine.reader, files, copies, spill):
                    raise
            except WarehouseError:
                connection.rollback()
                raise


def _statements(
    connection: Connection,
    landed: Sequence[LandedFile],
    known: Mapping[str, Feed] | None,
) -> deliveries.Statements:
    """Statements among the files; on Redshift they wait, none can be taken in there."""
    if not isinstance(connection, duckdb.DuckDBPyConnection):
        return ()
    stated = [file for file in landed if file.source == STATEMENTS]
    return deliveries.read_all(feeds() if known is None else known, stated)


def _engine(connection: Connection, spill: Path) -> AbstractContextManager[Engine]:
    if isinstance(connection, duckdb.DuckDBPyConnection):
        return nullcontext(Embedded(connection))
    # What it needs is not installed where only the embedded engine is used.
    from orchestration.redshift.engine import redshift_engine  # noqa: PLC0415

    return redshift_engine(connection, spill)


def _load_once(
    engine: Engine,
    contracts: Contracts,
    files: Sequence[LandedFile],
    copies: Copies,
    known_at: datetime,
    progress: Progress,
    statements: deliveries.Statements,
) -> LoadReport:
    """Everything from the first row to COMMIT."""
    connection = engine.connection
    started_at = datetime.now(UTC).replace(tzinfo=None)
    load_id = _scalar(connection, "select coalesce(max(load_id), 0) + 1 from raw.loads")
    first_id = _scalar(
        connection, "select coalesce(max(file_id), 0) + 1 from raw.files"
    )
    batches, outcomes = plan(
        contracts, files, copies, first_id, Tombstones.of(connection)
    )
    if isinstance(connection, duckdb.DuckDBPyConnection):
        outcomes += deliveries.append(
            connection, statements, first_id + len(files), known_at
        )
    done, total = len(outcomes), len(files) + len(statements)
    for one in batches:
        progress(done, total)
        outcomes.extend(append(engine, one, known_at))
        done += len(one.files)
    progress(total, total)
    record(connection, outcomes, load_id, known_at)
    report = LoadReport(load_id, known_at, tuple(outcomes))
    connection.execute(
        "insert into raw.loads values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            load_id,
            known_at,
            started_at,
            len(outcomes),
            report.total("rows_in"),
            report.total("rows_loaded"),
            report.total("rows_duplicate"),
            report.total("rows_quarantined"),
        ],
    )
    connection.commit()
    return report


def next_known_at(connection: Connection, wanted: datetime | None) -> datetime:
    """The moment to stamp: `wanted`, or now; always later than the last load's.

    Raises:
        WarehouseError: `wanted` is not later.
    """
    row = connection.execute("select max(known_at) from raw.loads").fetchone()
    last = row[0] if row else None
    if wanted is None:
        now = datetime.now(UTC).replace(tzinfo=None)
        return max(now, last + timedelta(microseconds=1)) if last else now
    if last is not None and wanted <= last:
        raise WarehouseError(
            f"--known-at {wanted} is not later than the last load's {last}.",
            "What was known cannot be changed afterwards: give a later moment, or "
            "leave the option out to use the clock.",
            exit_code=2,
        )
    return wanted


def _scalar(connection: Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0

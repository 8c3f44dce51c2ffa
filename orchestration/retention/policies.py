"""Apply the policies: keep, archive or delete what is older than they say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from orchestration.audit import Action, record
from orchestration.database import open_warehouse
from orchestration.durable import move_durably
from orchestration.errors import WarehouseError
from orchestration.ingest.engine import Connection
from orchestration.seeds import read_seed
from orchestration.settings import Settings
from orchestration.sql import Row, rows_of

FILES = "modified"
REFUSED = "landing/refused"

_REFUSED_FILES = """
    select distinct path from raw.files
    where reason is not null or rows_quarantined > 0 and rows_loaded = 0
"""


@dataclass(frozen=True)
class Policy:
    """What becomes of a relation or folder.

    Attributes:
        place: Relation with its schema, or folder below the warehouse's home.
        action: `keep`, `archive` or `delete`.
        keep_days: How long it stays as it is; None for ever.
        aged_by: Timestamp column, or `modified` for files.
        basis: Why.
    """

    place: str
    action: str
    keep_days: int | None
    aged_by: str
    basis: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> "Policy":
        """From a row of the seed."""
        days = int(row["keep_days"]) if row["keep_days"] else None
        return cls(row["place"], row["action"], days, row["aged_by"], row["basis"])

    def before(self, today: date) -> datetime:
        """What is older than this goes."""
        start = datetime(today.year, today.month, today.day)
        return start - timedelta(days=self.keep_days or 0)


def policies() -> list[Policy]:
    """All of the seed."""
    return [Policy.of(row) for row in read_seed("retention_policies")]


def apply(
    settings: Settings,
    *,
    today: date | None = None,
    dry_run: bool = False,
    rules: list[Policy] | None = None,
) -> list[Row]:
    """Do what the policies say; again does nothing more.

    Args:
        settings: Which warehouse.
        today: Default: the day it is, UTC.
        dry_run: Only tell.
        rules: Instead of those of the seed.

    Returns:
        Per policy: place, action, the moment before which things go, how many went.

    Raises:
        WarehouseError: This is not the embedded engine.
    """
    if settings.target != "duckdb":
        raise WarehouseError(
            "Retention is built for the embedded engine.",
            "On Redshift unload and delete by seeds/retention_policies.csv.",
            exit_code=2,
        )
    day = today or datetime.now(UTC).date()
    done = []
    with open_warehouse(settings) as connection:
        for policy in policies() if rules is None else rules:
            count = 0
            if policy.action != "keep" and policy.aged_by == FILES:
                count = _files(settings, connection, policy, day, dry_run=dry_run)
            elif policy.action != "keep":
                count = _rows(settings, connection, policy, day, dry_run=dry_run)
            before = None if policy.keep_days is None else policy.before(day)
            done.append(
                {"place": policy.place, "action": policy.action, "before": before}
                | {"count": count, "basis": policy.basis}
            )
        connection.execute("checkpoint")
    told = {row["place"]: row["count"] for row in done if row["count"]}
    if told and not dry_run:
        record(settings, Action.RETAIN, {"day": day, "gone": told})
    return done


def _rows(
    settings: Settings,
    connection: Connection,
    policy: Policy,
    day: date,
    *,
    dry_run: bool,
) -> int:
    schema, name = policy.place.split(".")
    there = "select 1 from duckdb_tables() where schema_name = ? and table_name = ?"
    if connection.execute(there, [schema, name]).fetchone() is None:
        return 0
    before = policy.before(day)
    old = f'from {policy.place} where "{policy.aged_by}" < $before'
    [(count,)] = connection.execute(
        f"select count(*) {old}", {"before": before}
    ).fetchall()
    if dry_run or not count:
        return int(count)
    if policy.action == "archive":
        _archive(settings, connection, policy, before)
    connection.execute(f"delete {old}", {"before": before})
    return int(count)


def _archive(
    settings: Settings,
    connection: Connection,
    policy: Policy,
    before: datetime,
) -> None:
    """Write old rows to a parquet file named by the moment before which they are.

    A process may die between this and the delete. What is older than the last archive's
    moment is then in it already: rows are aged by when they became known, so none comes
    later.
    """
    folder = settings.home / "archive" / policy.place
    folder.mkdir(parents=True, exist_ok=True)
    moments = [datetime.fromisoformat(path.stem) for path in folder.glob("[0-9]*")]
    last = max(moments, default=datetime(1900, 1, 1))
    path = folder / f"{before:%Y-%m-%d}.parquet"
    draft = folder / f".{path.name}.new"
    connection.execute(
        f'copy (select * from {policy.place} where "{policy.aged_by}" >= $last '
        f'and "{policy.aged_by}" < $before) to $draft (format parquet)',
        {"last": last, "before": before, "draft": str(draft)},
    )
    if before > last:
        move_durably(draft, path)
    else:
        draft.unlink()


def _files(
    settings: Settings,
    connection: Connection,
    policy: Policy,
    day: date,
    *,
    dry_run: bool,
) -> int:
    before = policy.before(day).replace(tzinfo=UTC).timestamp()
    old = [
        path
        for path in _candidates(settings, connection, policy)
        if path.is_file() and path.stat().st_mtime < before
    ]
    for path in () if dry_run else old:
        path.unlink()
    return len(old)


def _candidates(
    settings: Settings, connection: Connection, policy: Policy
) -> Iterator[Path]:
    if policy.place == REFUSED:
        for row in rows_of(connection, _REFUSED_FILES):
            yield settings.landing / row["path"]
    else:
        yield from sorted((settings.home / policy.place).rglob("*"))

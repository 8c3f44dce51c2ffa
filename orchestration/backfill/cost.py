"""What a backfill will take, from rows in its window and what a row took before."""

import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from orchestration.ingest.engine import Connection

_ROWS = {
    "bets": "select cast(placed_at as date), count(*) from staging.stg_betting__bets "
    "where placed_at >= ? and placed_at < ? group by 1",
    "movements": "select cast(posted_at as date), count(*) "
    "from staging.stg_wallet__movements "
    "where posted_at >= ? and posted_at < ? group by 1",
}
_LAST = """
    select measured_seconds, row_count from raw.backfills
    where models = ? and row_count > 0 order by backfill_id desc limit 1
"""


@dataclass
class Spent:
    """Seconds on the clock and of this machine's processors."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0


def rows_of_days(
    connection: Connection, kinds: Iterable[str], first: date, last: date
) -> dict[date, int]:
    """Bets placed and movements posted on each day (UTC) that has any, in order.

    It reads one column of the window's rows; days are what is stated at once, so that
    memory is for one of them, however long the window.
    """
    rows: Counter[date] = Counter()
    for kind in kinds:
        bounds = [midnight(first), midnight(last + timedelta(days=1))]
        rows.update(dict(connection.execute(_ROWS[kind], bounds).fetchall()))
    return dict(sorted(rows.items()))


def midnight(day: date) -> datetime:
    """When a day begins."""
    return datetime.combine(day, datetime.min.time())


def seconds_a_row(connection: Connection, models: str) -> float | None:
    """What a row took in the last backfill of the same models; None without one."""
    row = connection.execute(_LAST, [models]).fetchone()
    return float(row[0]) / int(row[1]) if row else None


@contextmanager
def spent() -> Iterator[Spent]:
    """Measure a block."""
    measured = Spent()
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    yield measured
    after = resource.getrusage(resource.RUSAGE_SELF)
    measured.seconds = time.monotonic() - started
    measured.cpu_seconds = (
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    )

"""Post what other rules make of a window of time, in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from orchestration.backfill.cost import (
    midnight,
    rows_of_days,
    seconds_a_row,
    spent,
)
from orchestration.backfill.posted import (
    POSTED,
    Posted,
    append_revenue,
    post_differences,
    posted_at,
)
from orchestration.backfill.window import Cost, Window
from orchestration.ingest.engine import Connection
from orchestration.revision import code_revision
from orchestration.transform.dbt import Compiled

Progress = Callable[[int, int], None]

_LOAD = """
    insert into raw.loads
    select coalesce(max(load_id), 0) + 1, ?, ?, 0, 0, 0, 0, 0 from raw.loads
"""
_RECORD = """
    insert into raw.backfills
    select coalesce(max(backfill_id), 0) + 1, $models, $code_revision, $reason,
        $rows, cast($estimated as decimal(9, 3)), null, null, 0, $from_date, $to_date,
        $known_at
    from raw.backfills
"""
_MEASURED = """
    update raw.backfills
    set measured_seconds = $seconds, cpu_seconds = $cpu_seconds, posted_count = $posted
    where known_at = $known_at
"""
_BETS = """
    insert into recomputed_bets
    select bet_key, min(first_known_at) as first_known_at
    from staging.stg_betting__bets where placed_at >= $from_at and placed_at < $until_at
    group by bet_key
"""


def estimate(
    connection: Connection, window: Window, models: Mapping[str, Compiled]
) -> Cost:
    """What posting a window will take.

    By what a row took in the last backfill of these models, else by a trial of the
    window's first day, of which nothing is kept.
    """
    days = rows_of_days(connection, window.kinds, window.first, window.last)
    a_row = seconds_a_row(connection, ",".join(window.models))
    if days and a_row is None:
        day, rows = next(iter(days.items()))
        a_row = _trial(connection, window, models, day) / rows
    rows = sum(days.values())
    return Cost(rows, list(days), None if a_row is None else a_row * rows)


def post(
    connection: Connection,
    window: Window,
    models: Mapping[str, Compiled],
    cost: Cost,
    *,
    keep: bool = True,
    progress: Progress = lambda done, total: None,
) -> tuple[dict[str, int], Cost]:
    """Post the differences of all days, whole or not at all.

    Args:
        connection: Open for writing, no other writer beside it.
        window: Which.
        models: What today's rules say, from `compiled`.
        cost: As estimated; recorded beside what it took.
        keep: Whether to make it last, or only say what it would post.
        progress: Called with (days done, days in all).

    Returns:
        Entries posted by relation, and the measured cost.
    """
    bound = {
        "known_at": window.known_at,
        "from_date": window.first,
        "to_date": window.last,
        "code_revision": code_revision(),
    }
    with _transaction(connection, keep=keep):
        # Taxes are stated as of each backfill, so it has to be there before them.
        about = {"models": ",".join(window.models), "reason": window.reason}
        numbers = {"rows": cost.rows, "estimated": cost.estimated_seconds}
        connection.execute(_RECORD, bound | about | numbers)
        with spent() as measured:
            for number, day in enumerate(cost.days, 1):
                _post_day(connection, window.relations, models, bound, day)
                progress(number, len(cost.days))
            if any(p.slice_of == "bets" for p in window.relations):
                append_revenue(connection, models, bound)
            for posted in window.relations:
                if posted.slice_of is None:
                    post_differences(connection, posted, models, bound)
        counts = {
            name: posted_at(connection, models[POSTED[name].target].relation, bound)
            for name in window.models
        }
        cost = replace(cost, seconds=measured.seconds, cpu_seconds=measured.cpu_seconds)
        _record(connection, bound, cost, sum(counts.values()))
    return counts, cost


def _post_day(
    connection: Connection,
    relations: Iterable[Posted],
    models: Mapping[str, Compiled],
    bound: Mapping[str, object],
    day: date,
) -> None:
    moments = {
        "from_at": midnight(day),
        "until_at": midnight(day + timedelta(days=1)),
    }
    connection.execute("drop table if exists recomputed_bets")
    connection.execute(
        "create temp table recomputed_bets (bet_key bigint, first_known_at timestamp)"
    )
    connection.execute(_BETS, moments)
    row = connection.execute(
        "select min(first_known_at) from recomputed_bets"
    ).fetchone()
    first_known_at = row[0] if row else None
    for posted in relations:
        if posted.slice_of == "movements" or (
            posted.slice_of == "bets" and first_known_at
        ):
            these = {**bound, **moments, "first_known_at": first_known_at}
            post_differences(connection, posted, models, these)
    connection.execute("drop table if exists recomputed_bets")


def _record(
    connection: Connection, bound: Mapping[str, object], cost: Cost, posted: int
) -> None:
    """What it took; and if it posted anything, that it is a load, without files."""
    known_at = bound["known_at"]
    took = {"seconds": cost.seconds, "cpu_seconds": cost.cpu_seconds}
    connection.execute(_MEASURED, {"known_at": known_at, "posted": posted} | took)
    if posted:
        now = datetime.now(UTC).replace(tzinfo=None)
        connection.execute(_LOAD, [known_at, now])
    else:
        connection.execute(
            "update raw.backfills set known_at = null where known_at = ?", [known_at]
        )


def _trial(
    connection: Connection,
    window: Window,
    models: Mapping[str, Compiled],
    day: date,
) -> float:
    """Seconds that a day takes, of which nothing is kept."""
    bound = {"known_at": window.known_at}
    with _transaction(connection, keep=False), spent() as measured:
        _post_day(connection, window.relations, models, bound, day)
    return measured.seconds


@contextmanager
def _transaction(connection: Connection, *, keep: bool) -> Iterator[None]:
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    if keep:
        connection.commit()
    else:
        connection.rollback()

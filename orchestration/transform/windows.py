"""Which loads the snapshots take in at a time.

A dbt snapshot sees one state of a key per run. Loads between two builds may hold
several, so the snapshots are run once per *window*: as many loads as hold no key twice.
"""

from datetime import datetime

from orchestration.ingest.engine import Connection

START_OF_TIME = datetime(1900, 1, 1)

_NEXT_WINDOW = """
    with done as (
        select coalesce(max(known_after), timestamp '1900-01-01') as known_until
        from raw.snapshot_window
    ),
    repeated as (
        select min(replaced_at) as known_at
        from raw.betting__bet_settlements, done
        where known_at > done.known_until and replaced_at > known_at
        union all
        select min(known_at)
        from (
            select customer_id, known_at from raw.customers__customer_profiles, done
            where known_at > done.known_until
            group by customer_id, known_at
            qualify row_number() over (partition by customer_id order by known_at) = 2
        ) as second_profiles
    )
    select max(known_at) from raw.loads, done
    where known_at > done.known_until
    and known_at < coalesce(
        (select min(known_at) from repeated), timestamp '9999-12-31'
    )
"""


def next_window(connection: Connection) -> datetime | None:
    """Known_at of the last load of the next window; None when nothing is left."""
    row = connection.execute(_NEXT_WINDOW).fetchone()
    until: datetime | None = row[0] if row else None
    return until


def open_window(connection: Connection, until: datetime) -> None:
    """Let the snapshots see what became known after the last window and until then."""
    connection.begin()
    row = connection.execute(
        "select max(known_after) from raw.snapshot_window"
    ).fetchone()
    after = row[0] if row and row[0] else START_OF_TIME
    connection.execute("delete from raw.snapshot_window")
    connection.execute("insert into raw.snapshot_window values (?, ?)", [after, until])
    connection.commit()


def close_window(connection: Connection) -> None:
    """Say that the snapshots took the window in.

    Before that, a run that broke off is repeated: a snapshot that sees the same state
    again changes nothing.
    """
    connection.execute("update raw.snapshot_window set known_after = known_until")


def mark_built(connection: Connection) -> None:
    """Say that the models, too, took in all loads until the end of the last window.

    From there go on the models that keep no row of everything they have looked at.
    """
    connection.begin()
    connection.execute("delete from raw.built_until")
    connection.execute(
        "insert into raw.built_until select known_until from raw.snapshot_window"
    )
    connection.commit()

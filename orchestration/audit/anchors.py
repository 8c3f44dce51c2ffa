"""Copies of the trail's head in the warehouse, against which the trail is verified.

Who shortens or rewrites the trail has to find and change these too, and the receipts
that commands print. An anchor also says up to which load the trail tells of loads, so
that one whose command died before it was recorded is recorded by the next.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from orchestration.audit.entries import Action, Record
from orchestration.audit.trail import Files, head_of, record
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseBusyError
from orchestration.ingest.engine import Connection
from orchestration.settings import Settings
from orchestration.sql import rows_of

Anchor = tuple[int, str]
"""Number of a record and its hash."""

_UNRECORDED = """
    select load_id, known_at, file_count, rows_in, rows_loaded, rows_duplicate,
        rows_quarantined
    from raw.loads
    where load_id > (select coalesce(max(load_id), 0) from raw.audit_anchors)
    order by load_id
"""


def record_loads(settings: Settings, connection: Connection) -> int:
    """Record every load that is not recorded yet, and keep the trail's head.

    A process that dies between the two has a load recorded twice, never not at all.

    Args:
        settings: Which warehouse.
        connection: It, open for writing.

    Returns:
        How many were recorded.
    """
    rows = rows_of(connection, _UNRECORDED)
    for row in rows:
        record(settings, Action.LOAD, row)
    if rows:
        anchor(settings, connection, rows[-1]["load_id"])
    return len(rows)


def record_and_anchor(
    settings: Settings, action: Action, details: Mapping[str, Any]
) -> Record:
    """Record what changed the warehouse, and keep the trail's head in it.

    It is done whether or not somebody else has opened the warehouse since: the head is
    then kept by whoever writes it next.
    """
    done = record(settings, action, details)
    with suppress(WarehouseBusyError), open_warehouse(settings) as connection:
        anchor(settings, connection)
    return done


def anchor(
    settings: Settings, connection: Connection, load_id: int | None = None
) -> None:
    """Keep the trail's head in the warehouse.

    Args:
        settings: Which warehouse.
        connection: It, open for writing.
        load_id: Last load that the trail tells of; None if that is as before.
    """
    head = head_of(Files.of(settings))
    if head is not None:
        connection.execute(
            "insert into raw.audit_anchors values (?, ?, ?)",
            [load_id, head.last.sequence, head.last.hash],
        )


def anchors(connection: Connection) -> list[Anchor]:
    """All heads that the warehouse keeps."""
    rows = rows_of(
        connection,
        "select distinct sequence, record_hash from raw.audit_anchors order by 1",
    )
    return [(int(row["sequence"]), str(row["record_hash"])) for row in rows]

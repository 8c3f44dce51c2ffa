"""Accept or reject what was held: decisions are kept like loads, with who and why."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from orchestration.errors import WarehouseError
from orchestration.ingest.engine import Connection
from orchestration.ingest.load import next_known_at

_SUSPICIONS = """
    with changed as (
        select delivery_id, entity,
            sum(case when change_kind <> 'rounding' then 1 else 0 end) as changed_cells
        from raw.statements__changes group by delivery_id, entity
    ),
    held as (
        select delivery_id, suspicions.feed, entity, suspicion_kind, detail,
            changed_cells, delivered_at, suspicions.known_at,
            case when is_accepted then 'accepted' when not is_accepted then 'rejected'
                else 'open' end as status,
            decided_by, reason, decisions.known_at as decided_at
        from raw.statements__suspicions as suspicions
        join raw.statements__deliveries using (delivery_id)
        left join changed using (delivery_id, entity)
        left join raw.statements__decisions as decisions using (delivery_id, entity)
    )
    select * from held
    where $all or status = 'open' order by delivery_id, entity
"""


Held = list[dict[str, Any]]
"""Suspicions, one per delivery and entity."""


def suspicions(connection: Connection, *, decided_too: bool = False) -> Held:
    """What is held, one row per delivery and entity.

    Args:
        connection: An open warehouse.
        decided_too: Also what has been decided.
    """
    cursor = connection.execute(_SUSPICIONS, {"all": decided_too})
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def decide(  # noqa: PLR0913 - options, all by name
    connection: Connection,
    delivery_id: int,
    entities: Sequence[str],
    *,
    accept: bool,
    decided_by: str,
    reason: str,
    known_at: datetime | None = None,
    announce: Callable[[Held], object] = lambda held: None,
) -> Held:
    """Accept or reject open suspicions of a delivery.

    Final: what was decided stays, and a later delivery has a decision of its own. A
    decision is a load without files, so that it takes effect at a moment of its own.

    Args:
        connection: Open for writing.
        delivery_id: The delivery.
        entities: Whose; empty for all that are open.
        accept: Whether the delivery counts for them.
        decided_by: Who decides.
        reason: Why.
        known_at: Moment of the decision, naive UTC; later than the last load's.
        announce: Told what is decided before it is committed. What dies in between has
            been announced and is not decided; nothing is decided unannounced.

    Returns:
        The suspicions that were decided.

    Raises:
        WarehouseError: There is no such open suspicion, or who or why is missing.
    """
    if not decided_by.strip() or not reason.strip():
        raise WarehouseError("A decision says who made it and why.", exit_code=2)
    held = [
        one
        for one in suspicions(connection)
        if one["delivery_id"] == delivery_id
        and (not entities or one["entity"] in entities)
    ]
    missing = {*entities} - {one["entity"] for one in held}
    if missing or not held:
        raise WarehouseError(
            f"Delivery {delivery_id} has nothing to decide"
            f"{' for ' + ', '.join(sorted(missing)) if missing else ''}.",
            "`warehouse statements list` shows what is open.",
            exit_code=2,
        )
    stamp = next_known_at(connection, known_at)
    now = datetime.now(UTC).replace(tzinfo=None)
    connection.begin()
    try:
        connection.execute(
            "insert into raw.loads "
            "select coalesce(max(load_id), 0) + 1, ?, ?, 0, 0, 0, 0, 0 from raw.loads",
            [stamp, now],
        )
        for one in held:
            connection.execute(
                "insert into raw.statements__decisions values (?, ?, ?, ?, ?, ?, ?)",
                [
                    delivery_id,
                    one["feed"],
                    one["entity"],
                    decided_by,
                    reason,
                    accept,
                    stamp,
                ],
            )
        announce(held)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return held

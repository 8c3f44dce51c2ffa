"""Going back to a version that was published before, and telling what there is."""

from datetime import datetime
from typing import Any

from orchestration.audit import Action, record
from orchestration.errors import WarehouseError
from orchestration.serving.publication import record_current
from orchestration.serving.shelf import Hold, Shelf
from orchestration.settings import Settings

Row = dict[str, Any]


def roll_back(settings: Settings, reason: str, to: int | None = None) -> int:
    """Let readers have an older version again, and publish nothing until `--resume`.

    Otherwise the next scheduled publication would bring back what was taken back.

    Args:
        settings: Which warehouse.
        reason: Why; it is shown to whoever publishes next.
        to: Version; the one before the current by default.

    Returns:
        The version that readers now have.

    Raises:
        WarehouseBusyError: Somebody is publishing.
        WarehouseError: There is no such version.
    """
    shelf = Shelf(settings.serving)
    with shelf.only_publisher():
        record_current(settings, shelf)
        current, kept = shelf.current(), shelf.versions()
        if to is None:
            to = max((v for v in kept if current and v < current), default=None)
        if to is None or current is None:
            raise WarehouseError(
                "There is no older publication to go back to.",
                "`warehouse publications` lists them.",
                exit_code=2,
            )
        before = shelf.held()
        # One that died on its way is done again.
        if to == current and (before is None or before.to != to):
            raise WarehouseError(
                f"Readers have publication {to} already.",
                "`warehouse publications` lists the others.",
                exit_code=2,
            )
        shelf.record(to)
        withdrawn = max(current, before.withdrawn if before else 0)
        shelf.hold(Hold(withdrawn, to, reason))
        # Before it is done: what is in the trail and was interrupted is done again.
        told = {"from": current, "to": to, "reason": reason}
        record(settings, Action.ROLLBACK, told)
        shelf.swap(to)
    return to


def publications(settings: Settings) -> list[Row]:
    """Every version that is kept, latest first."""
    shelf = Shelf(settings.serving)
    current, hold = shelf.current(), shelf.held()
    rows = []
    for version in reversed(shelf.versions()):
        made = shelf.record(version)
        audiences = made["audiences"]
        files = [shelf.file(audience, version) for audience in audiences]
        is_withdrawn = bool(hold and hold.to < version <= hold.withdrawn)
        state = "withdrawn" if is_withdrawn else "kept"
        as_of = made["data_as_of"]
        rows.append(
            {
                "version": version,
                "state": "current" if version == current else state,
                "published_at": datetime.fromisoformat(made["published_at"]),
                "data_as_of": as_of and datetime.fromisoformat(as_of),
                "code_revision": made["code_revision"],
                "audiences": len(audiences),
                "relations": sum(map(len, audiences.values())),
                "megabytes": round(sum(f.stat().st_size for f in files) / 1e6),
                "accepted": made["accepted"],
            }
        )
    return rows

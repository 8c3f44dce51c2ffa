"""Going back to a version that was published before, and telling what there is."""

from typing import Any

from orchestration.errors import WarehouseError
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
        current, kept = shelf.current(), shelf.versions()
        if to is None:
            to = max((v for v in kept if current and v < current), default=None)
        if to is None or current is None:
            raise WarehouseError(
                "There is no older publication to go back to.",
                "`warehouse publications` lists them.",
                exit_code=2,
            )
        shelf.record(to)
        before = shelf.held()
        withdrawn = max(current, before.withdrawn if before else 0)
        shelf.hold(Hold(withdrawn, to, reason))
        shelf.swap(to)
    return to


def publications(settings: Settings) -> list[Row]:
    """Every version that is kept, latest first."""
    shelf = Shelf(settings.serving)
    current, hold = shelf.current(), shelf.held()
    rows = []
    for version in reversed(shelf.versions()):
        record = shelf.record(version)
        is_withdrawn = bool(hold and hold.to < version <= hold.withdrawn)
        rows.append(
            {
                "version": version,
                "state": "current" if version == current
                else "withdrawn" if is_withdrawn else "kept",
                "published_at": record["published_at"],
                "data_as_of": record["data_as_of"],
                "code_revision": record["code_revision"],
                "audiences": len(record["audiences"]),
                "relations": sum(map(len, record["audiences"].values())),
                "megabytes": round(
                    sum(
                        shelf.file(audience, version).stat().st_size
                        for audience in record["audiences"]
                    )
                    / 1e6
                ),
                "accepted": record["accepted"],
            }
        )  # fmt: skip
    return rows

"""How a feed's files are to be read: a YAML mapping and its row of thresholds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import WarehouseError
from orchestration.ingest.files import LandedFile
from orchestration.seeds import read_seed

MAPPINGS = Path(__file__).parent / "feeds"
ANY_FEED = "*"


@dataclass(frozen=True)
class Thresholds:
    """When a change is noise and when a load is suspected; seeds say why.

    Attributes:
        rounding_amount: Largest difference, in the measure's unit, that is rounding.
        matching_cells: Fewest equal cells that are no coincidence.
        matching_share: Share of comparable changed cells that must be equal.
        deleted_share: Share of an entity's, or of all, cells whose loss is suspected.
        jump_factor: Multiple of the largest move in the entity's own history.
        jump_share: Share of the entity's median figure below which nothing is a jump.
    """

    rounding_amount: Decimal
    matching_cells: int
    matching_share: Decimal
    deleted_share: Decimal
    jump_factor: Decimal
    jump_share: Decimal


@dataclass(frozen=True)
class Feed:
    """One feed of statements.

    Attributes:
        name: Folder below `landing/statements`.
        entity: Columns that name whom the figures are about.
        period: Column of the period.
        period_format: strptime format; None for a date.
        measures: Name of each figure -> its column.
        thresholds: See there.
        totals: Entities that rightly state the total of the others.
        is_rolling: Periods before a file's first one are out of its scope; otherwise
            what is missing from a file is deleted.
        delivered_at: `column`, or `file_name` (a pattern with one group) and `format`;
            empty for the file's modification time.
    """

    name: str
    entity: tuple[str, ...]
    period: str
    period_format: str | None
    measures: Mapping[str, str]
    thresholds: Thresholds
    totals: tuple[str, ...] = ()
    is_rolling: bool = False
    delivered_at: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Columns that a file must have."""
        stated = self.delivered_at.get("column")
        wanted = [*self.entity, self.period, *self.measures.values()]
        return [*dict.fromkeys([*wanted, *([stated] if stated else [])])]

    def delivery_time(self, file: LandedFile, stated: str | None) -> datetime | None:
        """When the file was delivered, naive UTC; None when it should say and does not.

        Args:
            file: The landed file.
            stated: Latest value of the column `delivered_at`, if there is one.
        """
        pattern = self.delivered_at.get("file_name")
        if "column" not in self.delivered_at and pattern is None:
            seconds = file.modified_ns / 1e9
            return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        text = stated
        if pattern is not None:
            found = re.search(pattern, file.path.rsplit("/", 1)[-1])
            text = found.group(1) if found else None
        try:
            layout = self.delivered_at.get("format")
            parsed = (
                datetime.strptime(text or "", layout)  # noqa: DTZ007 - UTC below
                if layout
                else datetime.fromisoformat(text or "")
            )
        except ValueError:
            return None
        return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed


def feeds(mappings: Path = MAPPINGS) -> dict[str, Feed]:
    """All feeds by name.

    Raises:
        WarehouseError: A mapping is incomplete.
    """
    return {
        file.stem: feed_of(file.stem, yaml.safe_load(file.read_text()))
        for file in sorted(mappings.glob("*.yml"))
    }


def feed_of(name: str, mapping: Mapping[str, Any]) -> Feed:
    """A feed from its mapping.

    Raises:
        WarehouseError: The mapping is incomplete.
    """
    try:
        entity, period = mapping["entity"], mapping["period"]
        return Feed(
            name=name,
            entity=(entity,) if isinstance(entity, str) else tuple(entity),
            period=period if isinstance(period, str) else period["column"],
            period_format=None if isinstance(period, str) else period.get("format"),
            measures=dict(mapping["measures"]),
            thresholds=_thresholds(name),
            totals=tuple(mapping.get("totals", ())),
            is_rolling=bool(mapping.get("rolling", False)),
            delivered_at=dict(mapping.get("delivered_at", {})),
        )
    except (KeyError, TypeError) as error:
        raise WarehouseError(
            f"The mapping of feed {name} is incomplete: {error}.",
            "It needs entity, period and measures; see docs/guides/statements.md.",
        ) from error


def _thresholds(feed: str) -> Thresholds:
    by_feed = {row["feed"]: row for row in read_seed("statement_thresholds")}
    row = by_feed.get(feed, by_feed[ANY_FEED])
    return Thresholds(
        rounding_amount=Decimal(row["rounding_amount"]),
        matching_cells=int(row["matching_cells"]),
        matching_share=Decimal(row["matching_share"]),
        deleted_share=Decimal(row["deleted_share"]),
        jump_factor=Decimal(row["jump_factor"]),
        jump_share=Decimal(row["jump_share"]),
    )

"""A sender of a small monthly file, and the warehouse that takes it in."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.database import open_warehouse
from orchestration.ingest.load import LoadReport, load
from orchestration.settings import Settings
from orchestration.statements.decisions import decide
from orchestration.statements.feed import feed_of

FEED = "state"
MAPPING: dict[str, Any] = {
    "entity": "licence",
    "period": {"column": "month", "format": "%Y-%m"},
    "measures": {"handle": "handle", "ggr": "ggr"},
    "delivered_at": {"file_name": r"(\d{8})", "format": "%Y%m%d"},
}
Figures = dict[tuple[str, str], tuple[object, object]]
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]


def usual(*licences: str, months: list[str] = MONTHS) -> Figures:
    """Quiet figures that differ by licence and month."""
    return {
        (licence, month): (
            Decimal(1000 * (n + 1) + 10 * m * (n + 2)) + Decimal("0.25"),
            Decimal(100 * (n + 1) + m * (n + 3)) + Decimal("0.10"),
        )
        for n, licence in enumerate(licences)
        for m, month in enumerate(months)
    }


class Receiver:
    """A warehouse that takes in one delivery a day."""

    def __init__(self, home: Path, **mapping: Any) -> None:
        self.settings = Settings(home)
        self._feeds = {FEED: feed_of(FEED, MAPPING | mapping)}
        self.days = 0

    def moment(self) -> datetime:
        """When the last delivery or decision became known."""
        return datetime(2026, 1, 1) + timedelta(days=self.days)

    def write(self, content: str | bytes, name: str | None = None) -> Path:
        """Let a file appear in the landing zone, named by the day."""
        name = name or f"f_{self.moment() + timedelta(days=1):%Y%m%d}.csv"
        file = self.settings.landing / "statements" / FEED / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def load(self) -> LoadReport:
        self.days += 1
        with open_warehouse(self.settings) as connection:
            return load(
                connection,
                {},
                self.settings.landing,
                known_at=self.moment(),
                statement_feeds=self._feeds,
            )

    def take(self, figures: Figures, name: str | None = None) -> LoadReport:
        """Deliver and load figures."""
        lines = [f"{e},{p},{h},{g}" for (e, p), (h, g) in sorted(figures.items())]
        self.write("\n".join(["licence,month,handle,ggr", *lines]) + "\n", name)
        return self.load()

    def decide(self, *entities: str, accept: bool) -> None:
        """Decide on the last delivery."""
        self.days += 1
        [(delivery,)] = self.rows(
            "select max(delivery_id) from raw.statements__deliveries"
        )
        with open_warehouse(self.settings) as connection:
            decide(
                connection,
                delivery,
                entities,
                accept=accept,
                decided_by="Finance",
                reason="asked the sender",
                known_at=self.moment(),
            )

    def rows(self, query: str, *bound: object) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings, read_only=True) as connection:
            return connection.execute(query, bound).fetchall()

    def changes(self) -> set[tuple[str, str, str]]:
        """(entity, month, kind) of the last delivery's changes."""
        return set(
            self.rows(
                "select entity, strftime(period_date, '%Y-%m'), change_kind "
                "from raw.statements__changes where delivery_id = "
                "(select max(delivery_id) from raw.statements__deliveries)"
            )
        )

    def held(self) -> dict[str, str]:
        """Entity -> suspicion of the last delivery."""
        return dict(
            self.rows(
                "select entity, suspicion_kind from raw.statements__suspicions "
                "where delivery_id = "
                "(select max(delivery_id) from raw.statements__deliveries)"
            )
        )

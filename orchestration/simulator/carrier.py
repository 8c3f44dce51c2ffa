"""Rows on their way to later deliveries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pyarrow as pa

from orchestration.simulator.feed import Feed

MOST_ROWS = 200_000  # that wait for a delivery and feed; bounds memory
FIRST_PART = 900_000_000  # beyond the parts that units number


class Carrier:
    """Collects rows until their delivery is due, or until they have become many."""

    def __init__(self, write: Callable[[Feed, int, int, pa.Table], None]) -> None:
        self._write = write
        self._waiting: dict[tuple[int, Feed], list[pa.Table]] = {}
        self._parts: Counter[tuple[int, Feed]] = Counter()

    def carry(self, rows: Iterable[tuple[Feed, int, pa.Table]]) -> None:
        """Take rows along: their feed, delivery and table."""
        for feed, delivery, table in rows:
            waiting = self._waiting.setdefault((delivery, feed), [])
            waiting.append(table)
            if sum(part.num_rows for part in waiting) >= MOST_ROWS:
                self._deliver(delivery, feed)

    def deliver(self, last: int) -> None:
        """Write what waits for deliveries up to `last`."""
        due = [place for place in self._waiting if place[0] <= last]
        for delivery, feed in sorted(due, key=lambda place: place[0]):
            self._deliver(delivery, feed)

    def _deliver(self, delivery: int, feed: Feed) -> None:
        rows = self._waiting.pop((delivery, feed))
        part = FIRST_PART + self._parts[delivery, feed]
        self._parts[delivery, feed] += 1
        self._write(feed, delivery, part, pa.concat_tables(rows))

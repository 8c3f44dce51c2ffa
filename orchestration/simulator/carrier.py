"""Rows on their way to later deliveries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pyarrow as pa

from orchestration.simulator.feed import Feed

MOST_ROWS = 200_000  # that wait for a delivery and feed; bounds memory
FIRST_PARTS = (900_000_000, 950_000_000)  # beyond the parts that units number

Place = tuple[int, Feed, bool]  # delivery, feed, whether the rows are a plot's


class Carrier:
    """Collects rows until their delivery is due, or until they have become many."""

    def __init__(self, write: Callable[[Feed, int, int, pa.Table], None]) -> None:
        self._write = write
        self._waiting: dict[Place, list[pa.Table]] = {}
        self._parts: Counter[Place] = Counter()

    def carry(
        self, rows: Iterable[tuple[Feed, int, pa.Table]], *, is_plot: bool
    ) -> None:
        """Take rows along: their feed, delivery and table. A plot's stay apart."""
        for feed, delivery, table in rows:
            place = (delivery, feed, is_plot)
            waiting = self._waiting.setdefault(place, [])
            waiting.append(table)
            if sum(part.num_rows for part in waiting) >= MOST_ROWS:
                self._deliver(place)

    def deliver(self, last: int) -> None:
        """Write what waits for deliveries up to `last`."""
        due = [place for place in self._waiting if place[0] <= last]
        for place in sorted(due, key=lambda place: place[0]):
            self._deliver(place)

    def _deliver(self, place: Place) -> None:
        delivery, feed, is_plot = place
        rows = self._waiting.pop(place)
        part = FIRST_PARTS[is_plot] + self._parts[place]
        self._parts[place] += 1
        self._write(feed, delivery, part, pa.concat_tables(rows))

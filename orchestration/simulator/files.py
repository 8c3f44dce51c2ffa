"""Writing files, and keeping the books about what is in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.simulator.clock import Clock, to_datetime
from orchestration.simulator.config import KINDS
from orchestration.simulator.contract import BETS, PROFILES, SETTLEMENTS
from orchestration.simulator.feed import Feed
from orchestration.simulator.parquet import to_parquet
from orchestration.simulator.records import FileRecord, PlantedFault

# Columns that ride along with the rows and are not written.
CONTENT, FAULTS, REFUSALS = "_content", "_faults", "_refusals"
NOTES = (CONTENT, FAULTS, REFUSALS)
FACT = "fact "  # heads the names of facts in the books

# What the books keep of each row.
STORY = {
    BETS.table: (
        "bet_id", "customer_id", "jurisdiction", "currency_code", "placed_at",
        "stake_amount", "bonus_stake_amount", "recorded_at",
    ),
    SETTLEMENTS.table: (
        "bet_id", "settlement_version", "settled_stake_amount", "payout_amount",
        "settled_at", "settlement_status", "recorded_at",
    ),
    PROFILES.table: ("customer_id", "updated_at", "is_test_account", "recorded_at"),
}  # fmt: skip


Place = tuple[int | None, str | None, str | None]  # row, column, reason of a fault


@dataclass(frozen=True)
class OddFile:
    """A file that is odd as a whole.

    Attributes:
        kind: Kind of dirt.
        content: What the file holds.
        places: Where it is odd.
        refused: Why the whole file is refused, or None.
        rows: The rows as meant with their notes; None when none can be used.
    """

    kind: str
    content: Any  # pa.Table or bytes
    places: list[Place]
    refused: str | None
    rows: pa.Table | None


@dataclass
class Landing:
    """A landing directory that one unit of work writes to.

    Attributes:
        root: The simulation's directory.
        clock: Dates of the deliveries.
        keeps_books: Whether records hold rows and faults, or counts only.
        records: Files written so far.
        counts: Pieces of dirt written so far, by kind.
    """

    root: Path
    clock: Clock
    keeps_books: bool
    records: list[FileRecord] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def write_rows(
        self,
        feed: Feed,
        delivery: int,
        part: int,
        rows: pa.Table,
        *,
        fault: str | None = None,
        is_copy: bool = False,
    ) -> None:
        """Write rows (with NOTES) as a regular file.

        Args:
            feed: Table.
            delivery: Number of the delivery that carries the file.
            part: Number of the file in the delivery.
            rows: Rows with their notes.
            fault: Kind of dirt that the file is as a whole, if any.
            is_copy: Whether the file written before it has the same bytes.
        """
        data = to_parquet(rows.drop_columns(list(NOTES)))
        name = self._name(feed, delivery, part, resent=fault == "resent_files")
        self._put(name, data)
        faults = self._row_faults(rows, name)
        if fault:
            self.counts[fault] += 1
            faults.append(PlantedFault(fault, name, None, None, None))
        copy_of = self.records[-1].path if is_copy else None
        self._record(
            FileRecord(
                name, feed.table, delivery, rows.num_rows, None, copy_of,
                faults, story(feed, rows),
            )
        )  # fmt: skip

    def write_odd(self, feed: Feed, delivery: int, part: int, odd: OddFile) -> None:
        """Write a file that is odd as a whole."""
        content: Any = odd.content
        count = 0
        if not isinstance(content, bytes):
            content, count = to_parquet(content), content.num_rows
        name = self._name(feed, delivery, part)
        self._put(name, content)
        self.counts[odd.kind] += len(odd.places)
        faults = [PlantedFault(odd.kind, name, *place) for place in odd.places]
        if odd.rows is not None:
            faults += self._row_faults(odd.rows, name)
        meant = None if odd.rows is None else story(feed, odd.rows)
        self._record(
            FileRecord(
                name, feed.table, delivery, count, odd.refused, None, faults, meant
            )
        )

    def _row_faults(self, rows: pa.Table, name: str) -> list[PlantedFault]:
        bits = rows.column(FAULTS).to_numpy()
        dirty = np.flatnonzero(bits)
        planted = []
        for number, kind in enumerate(KINDS):
            struck = dirty[bits[dirty] >> number & 1 > 0]
            if not len(struck):
                continue
            self.counts[kind] += len(struck)
            if not self.keeps_books:
                continue
            for row in struck.tolist():
                refused = rows.column(REFUSALS)[row].as_py()
                for refusal in refused.split() if refused else [":"]:
                    column, reason = (part or None for part in refusal.split(":"))
                    planted.append(PlantedFault(kind, name, row, column, reason))
        return planted

    def _name(
        self, feed: Feed, delivery: int, part: int, *, resent: bool = False
    ) -> str:
        day = to_datetime(self.clock.delivered_at(delivery)).date()
        tail = "-resent" if resent else ""
        file = f"{feed.table}-{delivery:05d}-{part:09d}{tail}.parquet"
        return f"{feed.source}/{feed.table}/{day}/{file}"

    def _put(self, name: str, data: bytes) -> None:
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        hidden = target.with_name(f".{target.name}")
        hidden.write_bytes(data)
        hidden.rename(target)

    def _record(self, record: FileRecord) -> None:
        if not self.keeps_books:
            record = replace(record, rows=None, faults=[])
        self.records.append(record)


def story(feed: Feed, rows: pa.Table) -> pa.Table:
    """What the books keep of rows: money, keys, times, content and refusals.

    Of feeds beside the core ones they keep the key, what the feed wants kept for an
    audit (marked with FACT) and the time.
    """
    kept = STORY.get(feed.table) or (*dict.fromkeys((*feed.keys, "recorded_at")),)
    facts = tuple(name for name in feed.facts if name not in kept)
    return rows.select([*kept, *facts, CONTENT, REFUSALS]).rename_columns(
        [*kept, *(FACT + name for name in facts), "content", "refusals"]
    )

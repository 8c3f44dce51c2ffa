"""From planned rows to parcels for deliveries, with bad rows and odd files in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from zlib import crc32

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Ints
from orchestration.simulator.config import FILE_RATES, KINDS, Dirt
from orchestration.simulator.contract import BETS, FEEDS, SETTLEMENTS
from orchestration.simulator.feed import Feed
from orchestration.simulator.files import (
    CONTENT,
    FAULTS,
    NOTES,
    REFUSALS,
    Landing,
    OddFile,
    Place,
)
from orchestration.simulator.oddities import ODDITIES, SPOILT_ROWS
from orchestration.simulator.plan import Plan
from orchestration.simulator.spoil import spoil_rows

ODD_ROWS = 150  # at most, in an odd file
AMENDED = 10  # added to a row's content when a re-sent file says something else
A_MINUTE = timedelta(minutes=1, milliseconds=7)


def in_order(plan: Plan, deliveries: int) -> Plan:
    """The rows that are ever delivered, by delivery; bad rows last in each."""
    order = np.argsort(plan.delivery * 2 + plan.is_bad, kind="stable")
    return plan.take(order[: np.searchsorted(plan.delivery[order], deliveries + 1)])


def parcels(
    rng: np.random.Generator,
    dirt: Dirt,
    feed: Feed,
    plan: Plan,
    table: pa.Table,
    turn: int,
) -> Iterator[tuple[int, pa.Table]]:
    """Split a table, built from an ordered plan, by delivery.

    Yields:
        Number of the delivery and its rows with their notes, spoilt rows last.
    """
    bounds = np.flatnonzero(np.diff(plan.delivery, prepend=-1, append=-1))
    notes = [
        pa.array(plan.content),
        pa.array(plan.faults),
        pa.nulls(len(plan), pa.string()),
    ]
    whole = table
    for name, note in zip(NOTES, notes, strict=True):
        whole = whole.append_column(name, note)
    bad_rows = np.flatnonzero(plan.is_bad)
    bad = _spoilt(rng, dirt, feed, whole.take(pa.array(bad_rows)), turn)
    for first, end in pairwise(bounds.tolist()):
        rows = whole.slice(first, end - first)
        spoilt = bad.slice(*_span(bad_rows, first, end))
        if spoilt.num_rows:
            good = rows.slice(0, rows.num_rows - spoilt.num_rows)
            rows = pa.concat_tables([good, spoilt])
        yield int(plan.delivery[first]), rows


def _span(positions: Ints, first: int, end: int) -> tuple[int, int]:
    """Where positions from `first` to `end` begin in a sorted list, and how many."""
    begin, until = np.searchsorted(positions, (first, end)).tolist()
    return begin, until - begin


def _spoilt(
    rng: np.random.Generator, dirt: Dirt, feed: Feed, rows: pa.Table, turn: int
) -> pa.Table:
    if not rows.num_rows:
        return rows
    rows, used = spoil_rows(rng, dirt, feed, rows, turn)
    bits = pa.array([1 << KINDS.index(kind) for kind, _ in used], pa.int64())
    refusals = pa.array([" ".join(spoiler.refusals) for _, spoiler in used])
    rows = rows.set_column(rows.schema.get_field_index(FAULTS), FAULTS, bits)
    place = rows.schema.get_field_index(REFUSALS)
    return rows.set_column(place, REFUSALS, refusals)


def odd_files(
    landing: Landing, dirt: Dirt, feed: Feed, day: int, delivery: int, part: int,
    rows: pa.Table,
) -> pa.Table:  # fmt: skip
    """Take rows out of a parcel and deliver them in odd files.

    Returns:
        The rows that are left for the regular file.
    """
    last = landing.clock.deliveries
    good = rows.num_rows - int(rows.column(REFUSALS).is_valid().to_numpy().sum())
    size = max(1, min(ODD_ROWS, good // (4 * len(FILE_RATES))))
    for number, kind in enumerate(FILE_RATES):
        if not _strikes(dirt, feed, kind, day) or good <= 3 * size:
            continue
        some, rows, good = rows.slice(0, size), rows.slice(size), good - size
        part += 1
        if kind == "duplicate_files":
            landing.write_rows(feed, delivery, part, some)
            again = min(last, delivery + day % 3)
            landing.write_rows(feed, again, part + 20, some, fault=kind, is_copy=True)
        elif kind == "resent_files":
            fresh = max(1, size // 5)  # rows that only the re-sent file has
            landing.write_rows(feed, delivery, part, some.slice(fresh))
            again = min(last, delivery + 1 + day % 2)
            landing.write_rows(feed, again, part + 20, _resent(feed, some), fault=kind)
        else:
            _odd_file(landing, feed, delivery, part, some, number)
    return rows


def _odd_file(
    landing: Landing, feed: Feed, delivery: int, part: int, some: pa.Table, number: int
) -> None:
    oddity = ODDITIES[number]
    content = oddity.make(feed, some.drop_columns(list(NOTES)))
    column = oddity.column(feed)
    places: list[Place] = [(None, column if oddity.refused else None, oddity.refused)]
    usable = None if oddity.refused or not oddity.keeps_rows else some
    if oddity.row_reason:
        spoilt = min(SPOILT_ROWS, some.num_rows)
        places = [(row, column, oddity.row_reason) for row in range(spoilt)]
        refusals = np.array([f"{column}:{oddity.row_reason}"] * some.num_rows, object)
        refusals[spoilt:] = None
        place = some.schema.get_field_index(REFUSALS)
        usable = some.set_column(place, REFUSALS, pa.array(refusals, pa.string()))
        usable = _without_faults(usable)
    odd = OddFile(oddity.kind, content, places, oddity.refused, usable)
    landing.write_odd(feed, delivery, part, odd)
    # The source notices, and sends the lost rows again in its next delivery.
    lost = some if usable is None else some.slice(0, SPOILT_ROWS)
    healed = oddity.refused or oddity.row_reason or not oddity.keeps_rows
    if healed and delivery < landing.clock.deliveries:
        landing.write_rows(feed, delivery + 1, part + 40, _without_faults(lost))


def _strikes(dirt: Dirt, feed: Feed, kind: str, day: int) -> bool:
    """Whether a kind of file is delivered on a day, in this table."""
    rate = dirt.rate(kind)
    if rate <= 0:
        return False
    period, number = round(1 / rate), list(FILE_RATES).index(kind)
    if feed not in FEEDS:  # each of the many others is odd in one way or two a day
        is_due = (day + number + crc32(feed.table.encode())) % (4 * period) == 0
        return is_due and (number >= len(ODDITIES) or ODDITIES[number].suits(feed))
    turn = (day + number) // period + number
    return (day + number) % period == 0 and feed == (BETS, SETTLEMENTS)[turn % 2]


def _resent(feed: Feed, rows: pa.Table) -> pa.Table:
    """The same rows; the last of them say something else, a minute later."""
    can_change = feed in FEEDS or feed.note is not None
    amended = max(1, rows.num_rows // 10) if can_change else 0
    same = _without_faults(rows.slice(0, rows.num_rows - amended))
    changed = rows.slice(rows.num_rows - amended).to_pylist()
    for row in changed:
        row[CONTENT] += AMENDED
        row[FAULTS] = 0
        row["recorded_at"] = row["recorded_at"] + A_MINUTE
        if feed not in FEEDS:
            row[feed.note] = "said again"
        elif feed is BETS:
            row["stake_amount"] += Decimal("1.00")
        elif row["settled_stake_amount"] > 0:
            row["payout_amount"] += Decimal("0.50")
        else:
            row["reason_code"] = "UNDER_REVIEW"
    return pa.concat_tables([same, pa.Table.from_pylist(changed, schema=rows.schema)])


def _without_faults(rows: pa.Table) -> pa.Table:
    place = rows.schema.get_field_index(FAULTS)
    return rows.set_column(place, FAULTS, pa.array(np.zeros(rows.num_rows, np.int64)))

"""Files that are odd as a whole: broken ones, and unusual ones that are fine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import inf, nan

import pyarrow as pa

from orchestration.simulator.contract import BETS, SETTLEMENTS
from orchestration.simulator.feed import Feed
from orchestration.simulator.parquet import to_parquet

AMOUNTS = {SETTLEMENTS.table: "payout_amount"}
MISSING = {BETS.table: "currency_code", SETTLEMENTS.table: "settled_stake_amount"}
SPOILT_ROWS = 3  # of a file whose other rows are fine


def _amount(feed: Feed) -> str:
    return AMOUNTS.get(feed.table) or feed.amount or ""


def _moment(feed: Feed) -> str:
    return feed.moment


def _missing(feed: Feed) -> str:
    return MISSING.get(feed.table, feed.last_fact)


@dataclass(frozen=True)
class Oddity:
    """One kind of odd file.

    Attributes:
        kind: Kind of dirt.
        make: From a feed and good rows to what the file holds: bytes, or a table of
            any schema.
        refused: Why the whole file is refused, or None.
        column: From a feed to the column at fault, if any.
        row_reason: Why the first SPOILT_ROWS rows are refused, or None.
        keeps_rows: Whether the file shows any of the rows it was made from.
    """

    kind: str
    make: Callable[[Feed, pa.Table], pa.Table | bytes]
    refused: str | None = None
    column: Callable[[Feed], str | None] = lambda _: None
    row_reason: str | None = None
    keeps_rows: bool = True

    def suits(self, feed: Feed) -> bool:
        """Whether the feed has the column that is to be odd."""
        return self.column is not _amount or bool(_amount(feed))


def _recast(table: pa.Table, column: str, kind: pa.DataType) -> pa.Table:
    place = table.schema.get_field_index(column)
    return table.set_column(place, column, table.column(column).cast(kind))


def _recast_all(table: pa.Table, old: pa.DataType, new: pa.DataType) -> pa.Table:
    for field in table.schema:
        if field.type == old:
            table = _recast(table, field.name, new)
    return table


def _with_values(
    table: pa.Table, column: str, kind: pa.DataType, values: Sequence[Decimal | float]
) -> pa.Table:
    place = table.schema.get_field_index(column)
    return table.set_column(place, column, pa.array(values, kind))


def _four_decimals(feed: Feed, table: pa.Table) -> pa.Table:
    column = _amount(feed)
    amounts = table.column(column).to_pylist()
    for row in range(min(SPOILT_ROWS, len(amounts))):
        amounts[row] += Decimal("0.0012")
    return _with_values(table, column, pa.decimal128(18, 4), amounts)


def _not_a_number(feed: Feed, table: pa.Table) -> pa.Table:
    # Not by Arrow's cast, which misses the nearest double now and then.
    amounts = [float(amount) for amount in table.column(_amount(feed)).to_pylist()]
    amounts[:SPOILT_ROWS] = [nan, inf, nan][: len(amounts)]
    return _with_values(table, _amount(feed), pa.float64(), amounts)


def _widths(_: Feed, table: pa.Table) -> pa.Table:
    return _recast_all(table, pa.int32(), pa.int64())


def _narrow(_: Feed, table: pa.Table) -> pa.Table:
    return _recast_all(table, pa.decimal128(18, 2), pa.decimal128(15, 2))


def _extra(_: Feed, table: pa.Table) -> pa.Table:
    return table.append_column("batch_no", pa.array([7] * table.num_rows, pa.int32()))


def _truncated(_: Feed, table: pa.Table) -> bytes:
    whole = to_parquet(table)
    return whole[: len(whole) * 2 // 3]


ODDITIES = (
    Oddity(
        "text_instead_of_parquet",
        lambda *_: b"bet_id,stake_amount\nB1,10.00\n",
        "unreadable_file",
        keeps_rows=False,
    ),
    Oddity("truncated_files", _truncated, "unreadable_file", keeps_rows=False),
    Oddity("zero_byte_files", lambda *_: b"", "unreadable_file", keeps_rows=False),
    Oddity(
        "missing_columns",
        lambda feed, table: table.drop_columns(_missing(feed)),
        "missing_column",
        _missing,
    ),
    Oddity(
        "amounts_as_text",
        lambda feed, table: _recast(table, _amount(feed), pa.string()),
        "wrong_type",
        _amount,
    ),
    Oddity(
        "timestamps_as_text",
        lambda feed, table: _recast(table, _moment(feed), pa.string()),
        "wrong_type",
        _moment,
    ),
    Oddity("four_decimals", _four_decimals, None, _amount, "not_representable"),
    Oddity("not_a_number", _not_a_number, None, _amount, "not_a_number"),
    Oddity("empty_files", lambda _, table: table.slice(0, 0), keeps_rows=False),
    Oddity("extra_columns", _extra),
    Oddity("other_integer_widths", _widths),
    Oddity("narrower_decimals", _narrow),
    Oddity(
        "millisecond_timestamps",
        lambda _, t: _recast_all(t, pa.timestamp("us"), pa.timestamp("ms")),
    ),
    Oddity(
        "nanosecond_timestamps",
        lambda _, t: _recast_all(t, pa.timestamp("us"), pa.timestamp("ns")),
    ),
)

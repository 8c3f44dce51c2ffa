"""What a feed is: one table that a source system delivers, and how its rows go bad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

AMOUNT = pa.decimal128(18, 2)
ODDS = pa.decimal128(12, 4)
MOMENT = pa.timestamp("us")  # UTC, without zone
SOURCE_WORDS = ("recorded_at",)  # no part of what a row says

Row = dict[str, Any]


@dataclass(frozen=True)
class Spoiler:
    """One way to spoil a row.

    Attributes:
        values: What the row says instead; rules across columns look at what the row
            says, so other columns may be set to suit.
        refusals: `column:reason` of each rule that the row then breaks.
    """

    values: Row
    refusals: tuple[str, ...]


def bad(reason: str, /, **values: object) -> Spoiler:
    """One bad value; the column that is named first is at fault."""
    return Spoiler(values, (f"{next(iter(values))}:{reason}",))


@dataclass(frozen=True, eq=False)
class Feed:
    """One table that a source system delivers.

    The contract in `models/staging/<source>/` says the same; a test compares them.

    Attributes:
        source: Source system, e.g. `betting`.
        table: Its name, of which there is one over all systems.
        keys: Columns that name the thing that a row states.
        schema: Columns and types.
        nullable: Columns whose value may be missing.
        values: The values accepted in a column.
        unsigned: Amounts that must not be negative.
        after: Moments that must not come before another, by name.
        note: A nullable text that may say something else when a file is sent again;
            None when such a file repeats what was said.
        facts: Columns that the books keep beside the key, for an audit.
        spoilers: More ways to spoil a row than its columns suggest, by kind of dirt.
    """

    source: str
    table: str
    keys: tuple[str, ...]
    schema: pa.Schema
    nullable: frozenset[str] = frozenset()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unsigned: tuple[str, ...] = ()
    after: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    facts: tuple[str, ...] = ()
    spoilers: Mapping[str, tuple[Spoiler, ...]] = field(default_factory=dict)

    @property
    def required(self) -> list[pa.Field]:
        """Fields of which every row has a value."""
        return [f for f in self.schema if f.name not in self.nullable]

    @property
    def amount(self) -> str | None:
        """An amount that every row has, if there is one."""
        amounts = [f.name for f in self.required if f.type == AMOUNT]
        return amounts[0] if amounts else None

    @property
    def moment(self) -> str:
        """A moment that every row has: when it happened, if that is told."""
        return next(str(f.name) for f in self.required if f.type == MOMENT)

    @property
    def last_fact(self) -> str:
        """The last column that every row has and that is not when it was written."""
        return [str(f.name) for f in self.required if f.name not in SOURCE_WORDS][-1]


def _too_early(name: str, *, is_after: bool) -> Spoiler:
    """A moment in 1970, which also comes before all that it must come after."""
    broken = ("out_of_range", "inconsistent_row") if is_after else ("out_of_range",)
    moment = pa.scalar(0, MOMENT).as_py()
    return Spoiler({name: moment}, tuple(f"{name}:{reason}" for reason in broken))


def ways_to_spoil(feed: Feed) -> dict[str, tuple[Spoiler, ...]]:
    """Ways to spoil a row that the feed's columns suggest, and its own, by kind."""
    texts = {f.name for f in feed.required if f.type == pa.string()}
    plain = [name for name in feed.keys if name in texts - feed.values.keys()]
    moments = [f.name for f in feed.required if f.type == MOMENT]
    found: dict[str, list[Spoiler]] = {
        "null_values": [
            bad("null_not_allowed", **{f.name: None}) for f in feed.required[:6]
        ],
        "blank_keys": [bad("blank_key", **{name: " "}) for name in plain],
        "unknown_values": [
            bad("value_not_allowed", **{name: "no such value"}) for name in feed.values
        ],
        "malformed_currencies": [
            bad("value_not_allowed", currency_code=text) for text in ("eur", "EURO", "")
        ]
        if "currency_code" in texts
        else [],
        "amounts_out_of_range": [
            bad("out_of_range", **{name: Decimal("-1.50")}) for name in feed.unsigned
        ],
        "absurd_timestamps": [
            _too_early(name, is_after=name in feed.after) for name in moments
        ],
        "overlong_ids": [bad("too_long", **{name: "9" * 65}) for name in plain],
        "nul_characters": [bad("bad_encoding", **{name: "id\0"}) for name in plain],
        "invalid_utf8": [bad("bad_encoding", **{name: b"\xff\xfe"}) for name in plain],
    }
    for kind, own in feed.spoilers.items():
        found.setdefault(kind, []).extend(own)
    return {kind: tuple(ways) for kind, ways in found.items() if ways}

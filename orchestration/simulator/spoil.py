"""Rows that ingestion must refuse, each for a known reason.

Bad rows are few and each is bad in its own way, so they are made one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.simulator.config import BAD_ROW_RATES, Dirt
from orchestration.simulator.contract import BETS, PROFILES, SETTLEMENTS, Feed

Row = dict[str, Any]


@dataclass(frozen=True)
class Spoiler:
    """One way to spoil a row.

    Attributes:
        kind: Kind of dirt.
        table: Table that it applies to.
        values: What is put into the row.
        refusals: `column:reason` of each rule that the row then breaks.
    """

    kind: str
    table: str
    values: Row
    refusals: tuple[str, ...]


def _spoilers() -> Iterator[Spoiler]:
    bets, settlements, profiles = BETS.table, SETTLEMENTS.table, PROFILES.table

    def one(kind: str, table: str, column: str, value: object, why: str) -> Spoiler:
        return Spoiler(kind, table, {column: value}, (f"{column}:{why}",))

    for table, columns in {
        bets: ("bet_id", "customer_id", "placed_at", "stake_amount", "bet_type", "legs"),
        settlements: ("bet_id", "settlement_version", "payout_amount", "settled_at"),
        profiles: ("customer_id", "updated_at", "is_test_account", "jurisdiction"),
    }.items():
        for column in columns:
            yield one("null_values", table, column, None, "null_not_allowed")
    for table, column, blank in (
        (bets, "bet_id", ""), (bets, "customer_id", "   "), (settlements, "bet_id", " "),
        (settlements, "settlement_id", ""), (profiles, "customer_id", ""),
    ):  # fmt: skip
        yield one("blank_keys", table, column, blank, "blank_key")
    for table, column, value in (
        (bets, "bet_type", "quadruple"), (bets, "channel", "telegraph"),
        (bets, "jurisdiction", "ZZ"), (settlements, "settlement_status", "maybe"),
        (profiles, "account_status", "asleep"), (profiles, "kyc_status", "unsure"),
    ):  # fmt: skip
        yield one("unknown_values", table, column, value, "value_not_allowed")
    for table in (bets, profiles):
        for value in ("gbp", "EURO", "€", ""):
            kind, why = "malformed_currencies", "value_not_allowed"
            yield one(kind, table, "currency_code", value, why)
    kind, why = "amounts_out_of_range", "out_of_range"
    yield Spoiler(
        kind, bets,
        {"stake_amount": Decimal("-10.00"), "bonus_stake_amount": Decimal("0.00")},
        (f"stake_amount:{why}", "bonus_stake_amount:inconsistent_row"),
    )  # fmt: skip
    yield Spoiler(
        kind, bets,
        {"stake_amount": Decimal("0.00"), "bonus_stake_amount": Decimal("0.00")},
        (f"stake_amount:{why}",),
    )  # fmt: skip
    yield one(kind, settlements, "payout_amount", Decimal("-1.50"), why)
    yield one("odds_below_one", bets, "decimal_odds", Decimal("0.9900"), why)
    yield one("counts_below_one", bets, "line_count", 0, why)
    yield one("counts_below_one", settlements, "settlement_version", 0, why)
    for table, column, moment in (
        (bets, "placed_at", datetime(1970, 1, 1)),  # noqa: DTZ001
        (bets, "recorded_at", datetime(9999, 12, 31)),  # noqa: DTZ001
        (settlements, "settled_at", datetime(2100, 1, 1)),  # noqa: DTZ001
        (profiles, "updated_at", datetime(1999, 12, 31)),  # noqa: DTZ001
    ):
        yield one("absurd_timestamps", table, column, moment, why)
    for table, column in (
        (bets, "bet_id"), (settlements, "bet_id"), (profiles, "customer_id"),
    ):  # fmt: skip
        yield one("overlong_ids", table, column, "9" * 65, "too_long")
        yield one("nul_characters", table, column, "id\0", "bad_encoding")
        yield one("invalid_utf8", table, column, b"id\xff\xfe", "bad_encoding")
    for table, column in ((bets, "device_id"), (profiles, "address_line")):
        yield one("overlong_texts", table, column, "x" * 257, "too_long")
    # A row is only ever wrong in what its kind says: the rest is set to suit.
    yield Spoiler(
        "payouts_without_stake", settlements,
        {
            "settlement_status": "won",
            "settled_stake_amount": Decimal("0.00"),
            "payout_amount": Decimal("25.00"),
        },
        ("payout_amount:inconsistent_row",),
    )  # fmt: skip
    yield Spoiler(
        "rollbacks_with_amounts", settlements,
        {
            "settlement_status": "rolled_back",
            "settled_stake_amount": Decimal("5.00"),
            "payout_amount": Decimal("0.00"),
        },
        ("settled_stake_amount:inconsistent_row",),
    )  # fmt: skip
    yield Spoiler(
        "bonus_above_stake", bets,
        {"stake_amount": Decimal("5.00"), "bonus_stake_amount": Decimal("5.01")},
        ("bonus_stake_amount:inconsistent_row",),
    )  # fmt: skip
    yield one("bets_without_legs", bets, "legs", [], "inconsistent_row")


SPOILERS = tuple(_spoilers())


def bad_row_rate(dirt: Dirt, feed: Feed) -> float:
    """Share of a table's rows that are spoilt in one way or another."""
    kinds = {spoiler.kind for spoiler in SPOILERS if spoiler.table == feed.table}
    return sum(dirt.rate(kind) for kind in kinds)


def bad_row_kinds(dirt: Dirt, feed: Feed) -> list[str]:
    """Kinds of bad rows that are switched on for a table."""
    kinds = {spoiler.kind for spoiler in SPOILERS if spoiler.table == feed.table}
    return [kind for kind in BAD_ROW_RATES if kind in kinds and dirt.rate(kind) > 0]


def spoil_rows(
    rng: np.random.Generator, dirt: Dirt, feed: Feed, rows: pa.Table, turn: int
) -> tuple[pa.Table, list[Spoiler]]:
    """Spoil every one of some good rows.

    Args:
        rng: Decides how.
        dirt: Kinds to choose from.
        feed: The rows' table.
        rows: Good rows.
        turn: Kinds take turns from here, so that each has one in a small simulation.

    Returns:
        The spoilt rows, and how each was spoilt.
    """
    kinds = bad_row_kinds(dirt, feed)
    rates = np.array([dirt.rate(kind) for kind in kinds])
    drawn = rng.choice(len(kinds), rows.num_rows, p=rates / rates.sum())
    drawn[: len(kinds)] = (turn + np.arange(len(drawn[: len(kinds)]))) % len(kinds)
    used: list[Spoiler] = []
    spoilt: list[Row] = []
    for row, choice in zip(rows.to_pylist(), drawn, strict=True):
        ways = [
            s for s in SPOILERS if s.kind == kinds[choice] and s.table == feed.table
        ]
        spoiler = ways[int(rng.integers(len(ways)))]
        used.append(spoiler)
        spoilt.append({**row, **spoiler.values})
    columns = [_column([row[f.name] for row in spoilt], f.type) for f in feed.schema]
    return pa.Table.from_arrays(columns, schema=feed.schema), used


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if not pa.types.is_string(kind):
        return pa.array(values, kind)
    # By way of bytes, which may be anything.
    texts = [value.encode() if isinstance(value, str) else value for value in values]
    return pa.array(texts, pa.binary()).view(pa.string())

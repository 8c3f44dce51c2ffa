"""Rows that ingestion must refuse, each for a known reason.

Bad rows are few and each is bad in its own way, so their values are set one at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.simulator.config import Dirt
from orchestration.simulator.contract import BETS, PROFILES, SETTLEMENTS
from orchestration.simulator.feed import Feed, Spoiler, bad, ways_to_spoil

_NULL, _RANGE, _VALUE = "null_not_allowed", "out_of_range", "value_not_allowed"
_ENCODING, _INCONSISTENT = "bad_encoding", "inconsistent_row"
_ZERO, _LONG_ID, _LONG_TEXT = Decimal("0.00"), "9" * 65, "x" * 257

SPOILERS: Mapping[str, Mapping[str, tuple[Spoiler, ...]]] = {
    BETS.table: {
        "null_values": tuple(
            bad(_NULL, **{column: None})
            for column in ("bet_id", "customer_id", "placed_at", "stake_amount", "legs")
        ),
        "blank_keys": (
            bad("blank_key", bet_id=""),
            bad("blank_key", customer_id="   "),
        ),
        "unknown_values": (
            bad(_VALUE, bet_type="quadruple"),
            bad(_VALUE, channel="telegraph"),
            bad(_VALUE, jurisdiction="ZZ"),
        ),
        "malformed_currencies": (
            bad(_VALUE, currency_code="gbp"),
            bad(_VALUE, currency_code="EURO"),
            bad(_VALUE, currency_code="€"),
        ),
        "amounts_out_of_range": (
            bad(_RANGE, stake_amount=_ZERO, bonus_stake_amount=_ZERO),
            Spoiler(
                {"stake_amount": Decimal("-10.00"), "bonus_stake_amount": _ZERO},
                (f"stake_amount:{_RANGE}", f"bonus_stake_amount:{_INCONSISTENT}"),
            ),
        ),
        "odds_below_one": (bad(_RANGE, decimal_odds=Decimal("0.9900")),),
        "counts_below_one": (bad(_RANGE, line_count=0),),
        "absurd_timestamps": (
            bad(_RANGE, placed_at=datetime(1970, 1, 1)),
            bad(_RANGE, recorded_at=datetime(9999, 12, 31)),
        ),
        "overlong_ids": (bad("too_long", bet_id=_LONG_ID),),
        "overlong_texts": (bad("too_long", device_id=_LONG_TEXT),),
        "nul_characters": (bad(_ENCODING, bet_id="id\0"),),
        "invalid_utf8": (bad(_ENCODING, bet_id=b"id\xff\xfe"),),
        "bonus_above_stake": (
            bad(
                _INCONSISTENT,
                bonus_stake_amount=Decimal("5.01"),
                stake_amount=Decimal("5.00"),
            ),
        ),
        "bets_without_legs": (bad(_INCONSISTENT, legs=[]),),
    },
    SETTLEMENTS.table: {
        "null_values": tuple(
            bad(_NULL, **{column: None})
            for column in ("bet_id", "settlement_version", "payout_amount")
        ),
        "blank_keys": (
            bad("blank_key", bet_id=" "),
            bad("blank_key", settlement_id=""),
        ),
        "unknown_values": (bad(_VALUE, settlement_status="maybe"),),
        "amounts_out_of_range": (bad(_RANGE, payout_amount=Decimal("-1.50")),),
        "counts_below_one": (bad(_RANGE, settlement_version=0),),
        "absurd_timestamps": (bad(_RANGE, settled_at=datetime(2100, 1, 1)),),
        "overlong_ids": (bad("too_long", bet_id=_LONG_ID),),
        "nul_characters": (bad(_ENCODING, settlement_id="id\0"),),
        "invalid_utf8": (bad(_ENCODING, bet_id=b"id\xff\xfe"),),
        "payouts_without_stake": (
            bad(
                _INCONSISTENT,
                payout_amount=Decimal("25.00"),
                settled_stake_amount=_ZERO,
                settlement_status="won",
            ),
        ),
        "rollbacks_with_amounts": (
            bad(
                _INCONSISTENT,
                settled_stake_amount=Decimal("5.00"),
                payout_amount=_ZERO,
                settlement_status="rolled_back",
            ),
        ),
    },
    PROFILES.table: {
        "null_values": tuple(
            bad(_NULL, **{column: None})
            for column in ("customer_id", "updated_at", "is_test_account")
        ),
        "blank_keys": (bad("blank_key", customer_id=""),),
        "unknown_values": (
            bad(_VALUE, account_status="asleep"),
            bad(_VALUE, kyc_status="unsure"),
        ),
        "malformed_currencies": (bad(_VALUE, currency_code=""),),
        "absurd_timestamps": (bad(_RANGE, updated_at=datetime(1999, 12, 31)),),
        "overlong_ids": (bad("too_long", customer_id=_LONG_ID),),
        "overlong_texts": (bad("too_long", address_line=_LONG_TEXT),),
        "nul_characters": (bad(_ENCODING, customer_id="id\0"),),
        "invalid_utf8": (bad(_ENCODING, family_name=b"Jos\xe9"),),
    },
}


def _ways(feed: Feed) -> Mapping[str, tuple[Spoiler, ...]]:
    return SPOILERS.get(feed.table) or ways_to_spoil(feed)


def bad_row_rate(dirt: Dirt, feed: Feed) -> float:
    """Share of a table's rows that are spoilt in one way or another."""
    return sum(dirt.rate(kind) for kind in _ways(feed))


def spoil_rows(
    rng: np.random.Generator, dirt: Dirt, feed: Feed, rows: pa.Table, turn: int
) -> tuple[pa.Table, list[tuple[str, Spoiler]]]:
    """Spoil every one of some good rows.

    Args:
        rng: Decides how.
        dirt: Kinds to choose from.
        feed: The rows' table.
        rows: Good rows.
        turn: Kinds take turns from here, so that each has one in a small simulation.

    Returns:
        The spoilt rows, and of each the kind and how it was spoilt.
    """
    ways = _ways(feed)
    kinds = [kind for kind in ways if dirt.rate(kind) > 0]
    rates = np.array([dirt.rate(kind) for kind in kinds])
    drawn = rng.choice(len(kinds), rows.num_rows, p=rates / rates.sum())
    first = min(len(kinds), rows.num_rows)
    drawn[:first] = (turn + np.arange(first)) % len(kinds)
    used: list[tuple[str, Spoiler]] = []
    for choice in drawn.tolist():
        choices = ways[kinds[choice]]
        used.append((kinds[choice], choices[int(rng.integers(len(choices)))]))
    touched = {column for _, spoiler in used for column in spoiler.values}
    for place, field in enumerate(feed.schema):
        if field.name in touched:
            values = [
                spoiler.values.get(field.name, value)
                for (_, spoiler), value in zip(
                    used, rows.column(field.name).to_pylist(), strict=True
                )
            ]
            rows = rows.set_column(place, field, _column(values, field.type))
    return rows, used


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if not pa.types.is_string(kind):
        return pa.array(values, kind)
    # By way of bytes, which may be anything.
    texts = [value.encode() if isinstance(value, str) else value for value in values]
    return pa.array(texts, pa.binary()).view(pa.string())

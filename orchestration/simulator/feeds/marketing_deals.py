"""Affiliates and the terms agreed with them, which change at a date."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Ints, decimals, labels, numbered
from orchestration.simulator.clock import CUTOFF, DAY
from orchestration.simulator.feed import AMOUNT, MOMENT, Feed
from orchestration.simulator.feeds.writing import maybe, write
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.workbench import SourceBench

AFFILIATES = tuple(f"affiliate-{number:02d}" for number in range(1, 13))
CURRENCY = "EUR"  # in which marketing is paid
KINDS = ("cpa", "revenue_share", "hybrid")
SHARE = pa.decimal128(6, 4)
TERMS = 3 * 365  # days that an affiliate's first terms have held

DEALS = Feed(
    source="marketing",
    table="affiliate_deals",
    keys=("deal_id",),
    schema=pa.schema(
        [
            ("deal_id", pa.string()),
            ("affiliate_id", pa.string()),
            ("deal_type", pa.string()),
            ("currency_code", pa.string()),
            ("cpa_amount", AMOUNT),
            ("revenue_share_rate", SHARE),
            ("valid_from", pa.date32()),
            ("valid_to", pa.date32()),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"cpa_amount", "revenue_share_rate", "valid_to"}),
    values={"deal_type": KINDS},
)


def agree(bench: SourceBench) -> None:
    """Two sets of terms for each affiliate, one after the other."""
    count = 2 * len(AFFILIATES)
    rng = bench.rng
    today = (bench.clock.start - CUTOFF) // DAY
    affiliate = np.arange(count) // 2
    is_later = np.arange(count) % 2 == 1
    kind = rng.integers(0, len(KINDS), count)
    price = rng.integers(40, 160, count) * 100
    share = rng.integers(15, 40, count) * 100
    changed = today - rng.integers(30, 600, len(AFFILIATES))[affiliate]
    begins = np.where(is_later, changed, today - TERMS)

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        # A mistaken row gives ten times the price.
        stated = price[rows] * np.where(plan.content == WRONG, 10, 1)
        has_price = kind[rows] != KINDS.index("revenue_share")
        has_share = kind[rows] != KINDS.index("cpa")
        return [
            numbered("deal-", rows + 1, 3),
            labels(AFFILIATES, affiliate[rows]),
            labels(KINDS, kind[rows]),
            labels((CURRENCY,), np.zeros(len(rows), np.int64)),
            maybe(decimals(stated, AMOUNT), has_price),
            maybe(decimals(share[rows], SHARE), has_share),
            _dates(begins[rows]),
            maybe(_dates(changed[rows]), ~is_later[rows]),
        ]

    write(bench, DEALS, begins * DAY - 7 * DAY, columns)


def _dates(days: Ints) -> pa.Array:
    return pa.array(days.astype(np.int32)).view(pa.date32())

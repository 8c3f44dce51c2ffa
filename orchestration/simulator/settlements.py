"""Rows of bet_settlements."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import decimals, labels, moments, numbered, spans
from orchestration.simulator.clock import HOUR
from orchestration.simulator.contract import LEG_RESULT, SETTLEMENTS
from orchestration.simulator.feed import AMOUNT
from orchestration.simulator.fixtures import (
    DEAD_HEAT_FACTOR,
    RESULTS,
    VOID,
    VOID_FACTOR,
)
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.settling import (
    CANCELLED,
    CASHED_OUT,
    STATUSES,
    Versions,
)
from orchestration.simulator.slips import Slips

REASONS = (None, "EVENT_ABANDONED", "INCORRECT_ODDS", "RESULT_CHANGED", "UNDER_REVIEW")


def settlement_table(
    slips: Slips, versions: Versions, plan: Plan, prefix: str
) -> pa.Table:
    """The planned rows as the betting platform writes them.

    Args:
        slips: The unit's bets.
        versions: Settlements of the unit's bets.
        plan: Rows; `source` is a position in `versions`.
        prefix: Head of the unit's ids.
    """
    rows = plan.source
    bet, version = versions.bet[rows], versions.version[rows]
    settled, payout = versions.settled[rows], versions.payout[rows]
    settled_at, status = versions.settled_at[rows], versions.status[rows]
    reason = np.where(status == VOID, 1, np.where(status == CANCELLED, 2, 0))
    # A mistaken row errs in one of three ways; its correction states the truth, some
    # of them under a settlement_id of its own.
    mistake = np.where(plan.content == WRONG, rows % 3, -1)
    payout = np.where(mistake == 0, payout + 150, payout)
    settled_at = np.where(mistake == 1, settled_at - 20 * HOUR, settled_at)
    reason = np.where(mistake == 2, 4, reason)
    statement = version + np.where((mistake >= 0) & (rows % 2 == 0), 5, 0)
    columns = [
        numbered(f"S{prefix}", bet * 10 + statement, 8),
        numbered(f"B{prefix}", bet, 7),
        pa.array(version.astype(np.int32)),
        labels(STATUSES, status),
        decimals(settled, AMOUNT),
        decimals(payout, AMOUNT),
        moments(settled_at),
        labels(REASONS, reason),
        _leg_results(slips, bet, status < CASHED_OUT),
        moments(plan.recorded_at),
    ]
    return pa.Table.from_arrays(columns, schema=SETTLEMENTS.schema)


def _leg_results(slips: Slips, bet: np.ndarray, has_results: np.ndarray) -> pa.Array:
    """Results of all legs; null where the bet was not settled by its legs."""
    counts = np.where(has_results, slips.legs[bet], 0)
    offsets, flat = spans(slips.first_leg[bet], counts)
    result = slips.card.result[slips.selection[flat]]
    number = np.arange(len(flat)) - np.repeat(offsets[:-1], counts) + 1
    fields = [
        pa.array(number.astype(np.int32)),
        labels(RESULTS, result),
        decimals((VOID_FACTOR * 1_000)[result], pa.decimal128(4, 3)),
        decimals((DEAD_HEAT_FACTOR * 10_000)[result], pa.decimal128(6, 4)),
    ]
    return pa.ListArray.from_arrays(
        pa.array(offsets),
        pa.StructArray.from_arrays(fields, fields=list(LEG_RESULT)),
        mask=pa.array(~has_results),
    )

"""Mistakes of the wallet: movements that are missing, doubled, wrong or of nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulator.arrays import Bools, Ints
from orchestration.simulator.clock import MINUTE
from orchestration.simulator.movements import NAMES, Movements
from orchestration.simulator.plan import Planner
from orchestration.simulator.settling import STATUSES
from orchestration.simulator.source import BetsDrawn

LOST = STATUSES.index("lost")
STAKE, PAYOUT, DEPOSIT, GRANTED = (
    NAMES.index(name) for name in ("stake", "payout", "deposit", "bonus_grant")
)
# What goes wrong, with which movements, and how often as often as the rate says.
KINDS = {
    "stake_missing": (STAKE, 1),
    "stake_differs": (STAKE, 1),
    "stake_doubled": (STAKE, 1),
    "stake_currency": (STAKE, 1),
    "stake_unexpected": (STAKE, 1),
    "payout_missing": (PAYOUT, 2),
    "payout_differs": (PAYOUT, 2),
    "payout_doubled": (PAYOUT, 2),
    "payment_missing": (DEPOSIT, 2),
    "payment_differs": (DEPOSIT, 2),
    "payment_doubled": (DEPOSIT, 2),
    "payment_currency": (DEPOSIT, 2),
    "payment_unexpected": (DEPOSIT, 2),
    "bonus_missing": (GRANTED, 2),
    "bonus_doubled": (GRANTED, 2),
    "payout_unexpected": (STAKE, 1),
}


@dataclass(frozen=True)
class Break:
    """What went wrong of one kind.

    Attributes:
        kind: Key of KINDS.
        rows: Positions of the movements that it struck, in the movements as returned.
        amount: Cents that are missing, wrong or too many, shape (rows,).
    """

    kind: str
    rows: Ints
    amount: Ints


def break_some(
    planner: Planner, drawn: BetsDrawn, movements: Movements
) -> tuple[Movements, list[Break]]:
    """Let some movements go wrong, each bet, payment and grant in one way at most.

    Returns:
        The movements that the wallet did make, and what went wrong. What is missing is
        still there, with an amount of 0.
    """
    population = drawn.population
    real = ~(population.is_test | (population.flag_day >= 0))[movements.customer]
    lost, count = _lost_for_good(drawn), len(movements)
    spent: set[tuple[int, int]] = set()
    found: list[Break] = []
    for kind, (struck, times) in KINDS.items():
        eligible = np.flatnonzero((movements.kind[:count] == struck) & real)
        if kind == "payout_unexpected":
            eligible = eligible[lost[movements.reference[eligible]]]
        rows = np.concatenate(
            [planner.pick(eligible, "wallet_breaks") for _ in range(times)]
        )
        fresh = []
        for row in np.unique(rows).tolist():
            thing = (
                (struck == GRANTED) + 2 * (struck == DEPOSIT),
                int(movements.reference[row]),
            )
            if thing not in spent:
                spent.add(thing)
                fresh.append(row)
        if fresh:
            found.append(_strike(movements, kind, np.array(fresh)))
    return movements, found


def _lost_for_good(drawn: BetsDrawn) -> Bools:
    """Bets whose only settlement says lost, shape (bets,)."""
    versions = drawn.versions
    times = np.bincount(versions.bet, minlength=len(drawn.slips))
    lost = np.zeros(len(drawn.slips), np.bool_)
    lost[versions.bet[versions.status == LOST]] = True
    lost &= times == 1
    return lost


def _strike(movements: Movements, kind: str, rows: Ints) -> Break:
    what = kind.split("_", 1)[1]
    amount = movements.amount[rows]
    if what == "missing":
        movements.amount[rows] = 0
    elif what == "differs":
        movements.amount[rows] += 1_01
        amount = np.full(len(rows), 1_01)
    elif what == "currency":
        movements.is_foreign[rows] = True
    else:
        more = movements.take(rows)
        more.at = more.at + MINUTE
        if what == "unexpected":
            more.is_orphan = np.full(len(rows), kind != "payout_unexpected")
        if kind == "payout_unexpected":  # paid out although the bet was lost
            more.kind = np.full(len(rows), PAYOUT)
            more.version = np.full(len(rows), 1)
            more.at = more.at + 30 * MINUTE
        rows = len(movements) + np.arange(len(rows))
        movements.extend(more)
    return Break(kind, rows, amount)

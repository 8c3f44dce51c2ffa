"""Betting slips: what was bet on at which price, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from orchestration.simulator.arrays import Bools, Floats, Ints
from orchestration.simulator.card import Card
from orchestration.simulator.fixtures import DEAD_HEAT_FACTOR, VOID_FACTOR, WINS

MOST_LEGS = 8
MOST_SYSTEM_LEGS = 6
MOST_ODDS = 20_000.0  # the operator's limit on a combined price
# Lines of a system on n legs that covers every combination of at least m of them:
# Trixie 4 (n=3, m=2), Patent 7 (3, 1), Yankee 11 (4, 2), Lucky 15 (4, 1), …, Heinz 57.
LINES = np.array(
    [
        [sum(comb(n, k) for k in range(max(m, 1), n + 1)) for m in range(3)]
        for n in range(MOST_LEGS + 1)
    ]
)


@dataclass(frozen=True)
class Slips:
    """Bets of one unit, in the order of recorded_at.

    Per bet, shape (bets,): customer, jurisdiction, kind, placed_at, recorded_at,
    first_leg (position of its first leg), legs (their number), fewest (smallest
    combination that a system covers, 0 when it is none), lines, stake, bonus (cents),
    odds, potential (cents). Per leg, shape (legs,): selection, leg_odds, leg_in_play.
    """

    card: Card
    customer: Ints
    jurisdiction: Ints
    kind: Ints
    placed_at: Ints
    recorded_at: Ints
    first_leg: Ints
    legs: Ints
    fewest: Ints
    lines: Ints
    stake: Ints
    bonus: Ints
    odds: Floats
    potential: Ints
    selection: Ints
    leg_odds: Floats
    leg_in_play: Bools

    def __len__(self) -> int:
        return len(self.customer)

    def returns(self, leg_returns: Floats) -> Floats:
        """Money back per unit of stake, given that of each leg."""
        total = np.multiply.reduceat(leg_returns, self.first_leg)
        rows = np.flatnonzero(self.fewest)
        size = self.legs[rows]
        places = np.arange(MOST_SYSTEM_LEGS)
        inside = places < size[:, None]
        flat = np.where(inside, self.first_leg[rows][:, None] + places, 0)
        legs = np.where(inside, leg_returns[flat], 0.0)
        # Sums over all combinations of k legs: elementary symmetric polynomials.
        sums = np.zeros((len(rows), MOST_SYSTEM_LEGS + 1))
        sums[:, 0] = 1.0
        for place in places:
            sums[:, 1:] += sums[:, :-1] * legs[:, place, None]
        covered = np.arange(MOST_SYSTEM_LEGS + 1) >= self.fewest[rows][:, None]
        total[rows] = (sums * covered).sum(axis=1) / self.lines[rows]
        return np.minimum(total, MOST_ODDS)

    def payout(self, rows: Ints, returned: Floats) -> Ints:
        """Cents paid for `returned` per unit of stake; bonus stakes are not returned.

        A refund (a return of exactly 1) gives the bonus stake back too.
        """
        bonus = self.bonus[rows]
        kept = np.where(returned == 1.0, 1.0, np.maximum(returned - 1.0, 0.0))
        exact = (self.stake[rows] - bonus) * returned + bonus * kept
        return np.floor(exact + 0.5 + 1e-7).astype(np.int64)

    def leg_returns(self) -> Floats:
        """stake x [(1 - vf) x result x odds x dead heat + vf] of each leg's result."""
        result = self.card.result[self.selection]
        void = VOID_FACTOR[result]
        paid = WINS[result] * self.leg_odds * DEAD_HEAT_FACTOR[result]
        returned: Floats = (1.0 - void) * paid + void
        return returned

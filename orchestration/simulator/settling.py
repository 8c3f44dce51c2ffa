"""What happens to bets: results, cash-outs, cancellations, second thoughts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulator.arrays import Bools, Floats, Ints
from orchestration.simulator.clock import DAY, HOUR, MINUTE
from orchestration.simulator.fixtures import (
    DEAD_HEAT,
    HALF_LOST,
    LOST,
    PUSH,
    VOID,
    WON,
)
from orchestration.simulator.plan import Planner
from orchestration.simulator.slips import Slips

STATUSES = (
    "lost", "won", "void", "push", "half_won", "half_lost", "dead_heat",
    "cashed_out", "partially_cashed_out", "cancelled", "rolled_back",
)  # fmt: skip
CASHED_OUT, PARTIALLY_CASHED_OUT, CANCELLED, ROLLED_BACK = range(7, 11)
CASH_OUT_SHARE = 0.06
PARTIAL_SHARE = 0.35  # of cash-outs
CASH_OUT_MARGIN = 0.05
CANCELLED_SHARE = 0.003


@dataclass
class Versions:
    """Versions of settlements, each the whole position of a bet.

    Attributes, shape (versions,): bet (position in the slips), version (1, 2, …),
    status (position in STATUSES), settled, payout (cents), settled_at, recorded_at.
    """

    bet: Ints
    version: Ints
    status: Ints
    settled: Ints
    payout: Ints
    settled_at: Ints
    recorded_at: Ints

    def __len__(self) -> int:
        return len(self.bet)

    def take(self, rows: Ints) -> Versions:
        """Some of the versions."""
        return Versions(**{name: column[rows] for name, column in vars(self).items()})

    def extend(self, other: Versions) -> None:
        """Append versions."""
        for name, column in vars(other).items():
            setattr(self, name, np.concatenate([getattr(self, name), column]))


def settle(rng: np.random.Generator, slips: Slips) -> Versions:
    """The settlements of all bets in a world without mishaps."""
    count = len(slips)
    bets = np.arange(count)
    returned, status, settled_at = _results(slips)
    settled_at = np.maximum(settled_at, slips.placed_at + 1)  # of bets placed late
    payout = slips.payout(bets, returned)
    settled = slips.stake.copy()
    version = np.ones(count, np.int64)

    cancelled = rng.random(count) < CANCELLED_SHARE
    status[cancelled] = CANCELLED
    payout[cancelled] = slips.stake[cancelled]
    soon = slips.placed_at + rng.integers(MINUTE, HOUR, count)
    settled_at = np.where(cancelled, np.minimum(settled_at, soon), settled_at)

    cashing = (rng.random(count) < CASH_OUT_SHARE) & ~cancelled & (slips.bonus == 0)
    cashing &= (settled_at - slips.placed_at > HOUR) & (slips.fewest == 0)
    rows = np.flatnonzero(cashing)
    when, offer = _offers(rng, slips, rows, settled_at[rows], returned[rows] > 1)
    whole = rng.random(len(rows)) >= PARTIAL_SHARE
    full, part = rows[whole], rows[~whole]
    status[full], settled_at[full] = CASHED_OUT, when[whole]
    payout[full] = np.floor(slips.stake[full] * offer[whole])

    # A partial cash-out is version 1; the rest of the stake is settled as version 2.
    fraction = rng.integers(25, 76, len(part))
    sold = np.maximum(slips.stake[part] * fraction // 100, 1)
    sold_for = np.floor(sold * offer[~whole]).astype(np.int64)
    rest = slips.stake[part] - sold
    payout[part] = sold_for + np.floor(rest * returned[part] + 0.5).astype(np.int64)
    version[part] = 2
    final = Versions(bets, version, status, settled, payout, settled_at, settled_at)
    final.recorded_at = settled_at + _lag(rng, count)
    first = Versions(
        part, np.ones(len(part), np.int64), np.full(len(part), PARTIALLY_CASHED_OUT),
        sold, sold_for, when[~whole], when[~whole] + _lag(rng, len(part)),
    )  # fmt: skip
    final.extend(first)
    return final


def reconsider(planner: Planner, versions: Versions, slips: Slips) -> tuple[Ints, Ints]:
    """Append resettlements and rollbacks.

    Returns:
        Positions of the resettlements and of the rollbacks.
    """
    rng = planner.rng
    ended = np.flatnonzero(versions.status <= DEAD_HEAT)
    again = planner.pick(ended, "resettlements")
    second = versions.take(again)
    second.version = second.version + 1
    won = second.payout > 0
    second.status = np.where(won, LOST, WON)
    second.payout = np.where(won, 0, slips.potential[second.bet])
    backdated = rng.random(len(again)) < 0.4
    later = second.settled_at + rng.integers(30 * MINUTE, 3 * DAY, len(again))
    second.settled_at = np.where(backdated, second.settled_at, later)
    after = np.maximum(second.settled_at, second.recorded_at)
    second.recorded_at = after + _lag(rng, len(again)) + HOUR
    first = len(versions)
    versions.extend(second)

    others = np.setdiff1d(ended, again, assume_unique=True)
    undone = planner.pick(others, "rollbacks")
    rollback = versions.take(undone)
    rollback.version = rollback.version + 1
    rollback.status = np.full(len(undone), ROLLED_BACK)
    rollback.settled = rollback.payout = np.zeros(len(undone), np.int64)
    rollback.settled_at = rollback.recorded_at + rng.integers(
        10 * MINUTE, DAY, len(undone)
    )
    rollback.recorded_at = rollback.settled_at + _lag(rng, len(undone))
    settled_again = np.flatnonzero(rng.random(len(undone)) < 0.8)
    third = versions.take(undone[settled_again])
    third.version = third.version + 2
    third.settled_at = rollback.recorded_at[settled_again] + rng.integers(
        10 * MINUTE, 2 * DAY, len(settled_again)
    )
    third.recorded_at = third.settled_at + _lag(rng, len(settled_again))
    second_first = len(versions)
    versions.extend(rollback)
    versions.extend(third)
    return (
        np.arange(first, second_first),
        np.arange(second_first, second_first + len(undone)),
    )


def _results(slips: Slips) -> tuple[Floats, Ints, Ints]:
    """Return per unit of stake, status and moment of each bet's final result."""
    result = slips.card.result[slips.selection]
    result_at = slips.card.result_at[slips.card.event[slips.selection]]
    returned = slips.returns(slips.leg_returns())
    settled_at = np.maximum.reduceat(result_at, slips.first_leg)
    # One lost leg settles a bet at once, a system only with its last leg.
    lost_at = np.where(result == LOST, result_at, np.iinfo(np.int64).max)
    settled_at = np.where(
        slips.fewest > 0,
        settled_at,
        np.minimum(settled_at, np.minimum.reduceat(lost_at, slips.first_leg)),
    )
    single = slips.legs == 1
    status = np.where(returned > 0, np.where(returned < 1, HALF_LOST, WON), LOST)
    refunded = (result == VOID) | (result == PUSH)
    status[np.logical_and.reduceat(refunded, slips.first_leg)] = VOID
    tied = np.logical_or.reduceat(result == DEAD_HEAT, slips.first_leg)
    status[tied & (returned > 0)] = DEAD_HEAT
    status[single] = result[slips.first_leg[single]]
    return returned, status.astype(np.int64), settled_at


def _offers(
    rng: np.random.Generator, slips: Slips, rows: Ints, until: Ints, wins: Bools
) -> tuple[Ints, Floats]:
    """When bets are cashed out, and the offer per unit of stake.

    The offer follows a calibrated belief in the bet: the logarithm of its odds moves
    up or down by a normal step whose mean is half its variance.
    """
    placed = slips.placed_at[rows]
    share = rng.uniform(0.1, 0.9, len(rows))
    when = placed + ((until - placed) * share).astype(np.int64)
    odds = slips.odds[rows]
    chance = np.minimum(0.95 / odds, 0.95)
    learnt = 1.2 * share
    drift = np.where(wins, learnt / 2, -learnt / 2)
    step = drift + np.sqrt(learnt) * rng.standard_normal(len(rows))
    belief = 1 / (1 + (1 - chance) / chance * np.exp(-step))
    return when, np.maximum((1 - CASH_OUT_MARGIN) * odds * belief, 0.01)


def _lag(rng: np.random.Generator, count: int) -> Ints:
    """Seconds to minutes from a result to its row."""
    return 2_000 + (rng.gamma(1.5, 40_000.0, count)).astype(np.int64)

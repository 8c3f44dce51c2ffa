"""Which rows are delivered when: true statements, wrong ones, repetitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from orchestration.simulator.arrays import Bools, Ints, quota, some
from orchestration.simulator.clock import HOUR, MINUTE, Clock
from orchestration.simulator.config import KINDS, Dirt

TRUE, WRONG = 0, 1  # contents of a row: as the world is, or mistaken


@dataclass
class Plan:
    """Rows to deliver, each a statement about one thing of the world.

    Attributes, shape (rows,):
        source: Position of the thing (bet, settlement version, profile) in its unit.
        content: TRUE or WRONG; rows of a key with equal content are equal.
        recorded_at: When the source writes the row.
        delivery: Number of the delivery that carries it; beyond the last is never.
        faults: Bit set of the kinds of dirt (positions in KINDS) that it shows.
        is_bad: Whether one of its values is to be spoilt.
    """

    source: Ints
    content: Ints
    recorded_at: Ints
    delivery: Ints
    faults: Ints
    is_bad: Bools

    @classmethod
    def of(cls, recorded_at: Ints, clock: Clock) -> Plan:
        """One true row for each thing."""
        count = len(recorded_at)
        zeros = np.zeros(count, np.int64)
        return cls(
            np.arange(count), zeros, recorded_at, clock.delivery_of(recorded_at),
            zeros.copy(), np.zeros(count, np.bool_),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.source)

    def take(self, rows: npt.NDArray[Any]) -> Plan:
        """Some of the rows."""
        return Plan(**{name: column[rows] for name, column in vars(self).items()})

    def extend(self, other: Plan) -> None:
        """Append rows."""
        for name, column in vars(other).items():
            setattr(self, name, np.concatenate([getattr(self, name), column]))

    def mark(self, rows: npt.NDArray[Any], kind: str) -> None:
        """Note that rows show a kind of dirt."""
        self.faults[rows] |= 1 << KINDS.index(kind)


@dataclass(frozen=True)
class Planner:
    """Plants the dirt that tells a story of its own, whatever the table."""

    dirt: Dirt
    clock: Clock
    rng: np.random.Generator
    least: int  # how often a kind strikes at least

    def pick(self, eligible: Ints, kind: str) -> Ints:
        """Those of the eligible rows that a kind strikes."""
        count = quota(self.rng, len(eligible), self.dirt.rate(kind), self.least)
        return eligible[some(self.rng, len(eligible), count)] if count else eligible[:0]

    def correct(self, plan: Plan, eligible: Ints, kind: str) -> None:
        """Rows that a kind strikes come mistaken first and, later, right."""
        self.mistake(plan, self.pick(eligible, kind), kind)

    def mistake(self, plan: Plan, rows: Ints, kind: str) -> None:
        """These rows come mistaken first and, later, right."""
        right = plan.take(rows)
        right.recorded_at = right.recorded_at + self._later(
            10 * MINUTE, 60 * HOUR, rows
        )
        right.delivery = np.maximum(
            self.clock.delivery_of(right.recorded_at), right.delivery
        )
        right.mark(np.arange(len(rows)), kind)
        plan.content = plan.content.copy()
        plan.content[rows] = WRONG
        plan.extend(right)

    def repeat(self, plan: Plan) -> None:
        """Rows come twice, in one file or in two."""
        last = self.clock.deliveries
        delivered = np.flatnonzero(plan.delivery <= last)
        again = plan.take(self.pick(delivered, "duplicate_rows_in_file"))
        again.faults[:] = 0
        again.mark(np.arange(len(again)), "duplicate_rows_in_file")
        early = np.flatnonzero(plan.delivery < last)
        rows = self.pick(early, "duplicate_rows_across_files")
        later = plan.take(rows)
        later.delivery = np.minimum(
            later.delivery + self.rng.integers(1, 4, len(rows)), last
        )
        # Half of them are written anew, which changes the recording time only.
        anew = self.rng.random(len(rows)) < 0.5
        written = np.minimum(
            later.recorded_at + self._later(MINUTE, HOUR, rows),
            self.clock.delivered_at(later.delivery) - 1,
        )
        later.recorded_at = np.where(anew, written, later.recorded_at)
        later.faults[:] = 0
        later.mark(np.arange(len(rows)), "duplicate_rows_across_files")
        plan.extend(again)
        plan.extend(later)

    def spoil(self, plan: Plan, rate: float, least: int) -> None:
        """Choose the rows whose values are spoilt; half of them come again, well."""
        delivered = np.flatnonzero(plan.delivery <= self.clock.deliveries)
        count = quota(self.rng, len(delivered), rate, least)
        rows = delivered[some(self.rng, len(delivered), count)]
        healed = plan.take(rows[self.rng.random(len(rows)) < 0.5])
        healed.delivery = healed.delivery + 1
        healed.faults[:] = 0
        plan.is_bad[rows] = True
        plan.faults[rows] = 0
        plan.extend(healed)

    def _later(self, least: int, most: int, rows: Ints) -> Ints:
        return self.rng.integers(least, most, len(rows))

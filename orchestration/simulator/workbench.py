"""What a unit's rows have in common on their way into files."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import stream
from orchestration.simulator.config import Dirt, SimulationConfig
from orchestration.simulator.contract import FEEDS, PROFILES
from orchestration.simulator.feed import Feed
from orchestration.simulator.files import Landing
from orchestration.simulator.packing import in_order, odd_files, parcels
from orchestration.simulator.plan import Plan, Planner
from orchestration.simulator.spoil import bad_row_rate
from orchestration.simulator.units import Tally, Unit

PARTS = 100  # numbers that a unit may give to its files
SLOTS = 4  # of a source's benches on a unit: profiles or bets, side by side or in turn
FEW = 50  # rows of a unit that dirt strikes only by chance


class Workbench:
    """One unit's random stream, dirt and files.

    Attributes:
        unit: What to work on.
        rng: The unit's random stream.
        planner: Plants dirt; the first unit of a day plants each kind at least once.
        tally: Totals of the unit's world.
        later: Feed, delivery and rows that are delivered after the unit's day.
        labels: What was planted for the rules to find (labels.SCHEMA).
    """

    def __init__(self, unit: Unit, config: SimulationConfig, landing: Landing) -> None:
        if unit.is_plot:  # a lost row would make its label a lie
            config = replace(config, dirt=Dirt.none())
        self.unit, self.config, self.landing = unit, config, landing
        self.clock = landing.clock
        is_betting = int(unit.bets > 0)
        self.rng = stream(config.seed, 6, unit.day, unit.chunk, is_betting)
        self.least = int(unit.chunk == 0)
        self.planner = Planner(config.dirt, self.clock, self.rng, self.least)
        self.tally = Tally()
        self.later: list[tuple[Feed, int, pa.Table]] = []
        self.labels: list[pa.Table] = []
        self.part = (unit.day * 1_000 + unit.chunk) * PARTS

    @property
    def is_first_of_day(self) -> bool:
        """Whether this is the first of the day's units of profiles."""
        return self.unit.chunk == 0 and not self.unit.bets

    def finish(self, feed: Feed, plan: Plan) -> Plan:
        """Repeat and spoil rows, and put them in the order of their delivery."""
        self.planner.repeat(plan)
        rate = bad_row_rate(self.config.dirt, feed)
        self.planner.spoil(plan, rate, 4 * self.planner.least)
        return in_order(plan, self.clock.deliveries)

    def pack(self, feed: Feed, plan: Plan, table: pa.Table) -> None:
        """Write the rows of the day's own deliveries, keep the others for later."""
        unit, dirt, landing = self.unit, self.config.dirt, self.landing
        place = FEEDS.index(feed) if feed in FEEDS else crc32(feed.table.encode())
        turn = unit.day * 4 + place
        boxes = list(parcels(self.rng, dirt, feed, plan, table, turn))
        own_last = self.clock.days_last_delivery(unit.day)
        sizes = [rows.num_rows for number, rows in boxes if number <= own_last]
        may_be_odd = unit.chunk == 0 and feed is not PROFILES
        for delivery, rows in boxes:
            if delivery > own_last:
                # A copy: a slice would keep all of the unit's rows in memory.
                copy = rows.take(pa.array(range(rows.num_rows)))
                self.later.append((feed, delivery, copy))
                continue
            rest = rows
            if may_be_odd and rows.num_rows == max(sizes):
                may_be_odd = False
                rest = odd_files(
                    landing, dirt, feed, unit.day, delivery, self.part, rows
                )
            if rest.num_rows:
                landing.write_rows(feed, delivery, self.part, rest)


class SourceBench(Workbench):
    """A bench of one source system; it writes each of its feeds at most once."""

    def __init__(
        self,
        unit: Unit,
        config: SimulationConfig,
        landing: Landing,
        source: str,
        *,
        in_turn: bool = False,
    ) -> None:
        super().__init__(unit, config, landing)
        slot = 2 * in_turn + int(unit.bets > 0)
        name = crc32(source.encode())
        self.rng = stream(config.seed, 8, name, unit.day, unit.chunk, slot)
        self.planner = replace(self.planner, rng=self.rng)
        self.part = ((unit.day * 1_000 + unit.chunk) * SLOTS + slot) * PARTS
        self._written: set[Feed] = set()

    def plan(self, recorded_at: np.ndarray) -> Plan:
        """One row for each thing; it plants dirt from here on if there are enough."""
        is_enough = len(recorded_at) >= FEW
        self.planner = replace(self.planner, least=self.least * is_enough)
        return Plan.of(recorded_at, self.clock)

    def correct(self, plan: Plan, eligible: np.ndarray | None = None) -> None:
        """Some rows come mistaken first (content WRONG) and, later, right."""
        rows = np.arange(len(plan)) if eligible is None else eligible
        delivered = rows[plan.delivery[rows] <= self.clock.deliveries]
        self.planner.correct(plan, delivered, "feed_corrections")

    def finish(self, feed: Feed, plan: Plan) -> Plan:
        """Delay, repeat and spoil rows, and put them in the order of their delivery."""
        early = np.flatnonzero(plan.delivery < self.clock.deliveries)
        late = self.planner.pick(early, "late_rows")
        plan.delivery[late] += self.rng.integers(1, 4, len(late))
        plan.mark(late, "late_rows")
        return super().finish(feed, plan)

    def pack(self, feed: Feed, plan: Plan, table: pa.Table) -> None:
        """Write the rows of the day's own deliveries, keep the others for later.

        Raises:
            ValueError: The feed was written on this bench before.
        """
        if feed in self._written:
            msg = f"{feed.table} is written twice for one unit of work"
            raise ValueError(msg)
        self._written.add(feed)
        super().pack(feed, plan, table)

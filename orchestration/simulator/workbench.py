"""What bets and profiles have in common on their way into files."""

from __future__ import annotations

import pyarrow as pa

from orchestration.simulator.arrays import stream
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.contract import FEEDS, PROFILES, Feed
from orchestration.simulator.files import Landing
from orchestration.simulator.packing import in_order, odd_files, parcels
from orchestration.simulator.plan import Plan, Planner
from orchestration.simulator.spoil import bad_row_rate
from orchestration.simulator.units import Tally, Unit

PARTS = 100  # numbers that a unit may give to its files


class Workbench:
    """One unit's random stream, dirt and files.

    Attributes:
        unit: What to work on.
        rng: The unit's random stream.
        planner: Plants dirt; the first unit of a day plants each kind at least once.
        tally: Totals of the unit's world.
        later: Feed, delivery and rows that are delivered after the unit's day.
    """

    def __init__(self, unit: Unit, config: SimulationConfig, landing: Landing) -> None:
        self.unit, self.config, self.landing = unit, config, landing
        self.clock = landing.clock
        is_betting = int(unit.bets > 0)
        self.rng = stream(config.seed, 6, unit.day, unit.chunk, is_betting)
        self.least = int(unit.chunk == 0)
        self.planner = Planner(config.dirt, self.clock, self.rng, self.least)
        self.tally = Tally()
        self.later: list[tuple[Feed, int, pa.Table]] = []

    def finish(self, feed: Feed, plan: Plan) -> Plan:
        """Repeat and spoil rows, and put them in the order of their delivery."""
        self.planner.repeat(plan)
        rate = bad_row_rate(self.config.dirt, feed)
        self.planner.spoil(plan, rate, 4 * self.least)
        return in_order(plan, self.clock.deliveries)

    def pack(self, feed: Feed, plan: Plan, table: pa.Table) -> None:
        """Write the rows of the day's own deliveries, keep the others for later."""
        unit, dirt, landing = self.unit, self.config.dirt, self.landing
        turn = unit.day * 4 + FEEDS.index(feed)
        boxes = list(parcels(self.rng, dirt, feed, plan, table, turn))
        own_last = self.clock.days_last_delivery(unit.day)
        sizes = [rows.num_rows for number, rows in boxes if number <= own_last]
        part = (unit.day * 1_000 + unit.chunk) * PARTS
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
                    self.landing, dirt, feed, unit.day, delivery, part, rows
                )
            if rest.num_rows:
                landing.write_rows(feed, delivery, part, rest)

"""Units of work: a chunk of one business day's bets or profiles, start to files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Ints, quota, some, stream
from orchestration.simulator.card import card_of, day_factor
from orchestration.simulator.clock import Clock
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.contract import BETS, FEEDS, PROFILES, SETTLEMENTS, Feed
from orchestration.simulator.bets import bet_table
from orchestration.simulator.files import Landing
from orchestration.simulator.packing import in_order, odd_files, parcels
from orchestration.simulator.plan import Plan, Planner
from orchestration.simulator.population import Population
from orchestration.simulator.profiles import changes, profile_table, registrations
from orchestration.simulator.records import FileRecord
from orchestration.simulator.settlements import settlement_table
from orchestration.simulator.settling import Versions, reconsider, settle
from orchestration.simulator.slips import Slips, draw_slips
from orchestration.simulator.spoil import bad_row_rate
from orchestration.simulator.world import JURISDICTIONS

CHUNK = 100_000  # bets or profiles of a unit; bounds memory
HOUR = 3_600_000


@dataclass
class Tally:
    """Totals of the world behind the files.

    Attributes: bets, settlements (versions), profiles; by currency, in cents: handle of
    all bets, and stakes and payouts of those that are settled by the end.
    """

    bets: int = 0
    settlements: int = 0
    profiles: int = 0
    handle: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    payout: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add another tally."""
        for name, total in vars(other).items():
            setattr(self, name, getattr(self, name) + total)


@dataclass
class UnitResult:
    """What a unit wrote, and the rows that it leaves to later deliveries."""

    records: list[FileRecord]
    counts: Counter[str]
    tally: Tally
    later: list[tuple[Feed, int, pa.Table]]


@dataclass(frozen=True)
class Unit:
    """A chunk of a business day.

    Attributes:
        day: Business day from 0.
        chunk: Number of the unit in the day.
        bets: Number of bets to draw; 0 for a unit of profiles.
        customers: First and end number of the customers to register.
        is_last_of_day: Whether the day ends with it.
    """

    day: int
    chunk: int
    bets: int = 0
    customers: tuple[int, int] = (0, 0)
    is_last_of_day: bool = False

    def run(
        self, config: SimulationConfig, population: Population, landing: Landing
    ) -> UnitResult:
        """Draw the unit's world, plant its dirt, write its files."""
        work = _Work(self, config, population, landing)
        if self.bets:
            work.bets_and_settlements()
        else:
            work.profiles()
        return UnitResult(landing.records, landing.counts, work.tally, work.later)


def units_of(
    config: SimulationConfig, population: Population, clock: Clock
) -> Iterator[Unit]:
    """All units, day by day."""
    for day in range(config.days):
        first = population.registered[day - 1] if day else 0
        bounds = [*range(int(first), int(population.registered[day]), CHUNK)]
        bounds.append(int(population.registered[day]))
        for chunk, customers in enumerate(pairwise(bounds)):
            yield Unit(day, chunk, customers=customers)
        if len(bounds) == 1:
            yield Unit(day, 0)
        factor = day_factor(card_of(config.seed, clock.day_start(day)).intensity)
        bets = max(1, round(config.bets_per_day * factor))
        for chunk, start in enumerate(range(0, bets, CHUNK)):
            size = min(CHUNK, bets - start)
            last = start + size == bets
            yield Unit(day, chunk, bets=size, is_last_of_day=last)


class _Work:
    def __init__(
        self,
        unit: Unit,
        config: SimulationConfig,
        population: Population,
        landing: Landing,
    ) -> None:
        self.unit, self.config = unit, config
        self.population, self.landing, self.clock = population, landing, landing.clock
        self.rng = stream(config.seed, 6, unit.day, unit.chunk, int(unit.bets > 0))
        self.least = int(unit.chunk == 0)
        self.planner = Planner(config.dirt, self.clock, self.rng, self.least)
        self.prefix = f"{unit.day:04d}{unit.chunk:04d}-"
        self.tally = Tally()
        self.later: list[tuple[Feed, int, pa.Table]] = []

    def bets_and_settlements(self) -> None:
        day, opens = self.unit.day, self.clock.day_start(self.unit.day)
        slips = draw_slips(
            self.config, self.population, opens, day, self.unit.chunk, self.unit.bets
        )
        versions = settle(self.rng, slips)
        self._count(slips, versions)
        again, undone = reconsider(self.planner, versions, slips)
        statements = self._settlement_plan(versions, again, undone)
        bets = self._bet_plan(slips, versions, statements)
        for plan, feed in ((bets, BETS), (statements, SETTLEMENTS)):
            self._finish(plan, feed)
        bets = in_order(bets, self.clock.deliveries)
        table = bet_table(slips, bets, f"B{self.prefix}", self.config.seed)
        self._pack(BETS, bets, table)
        statements = in_order(statements, self.clock.deliveries)
        table = settlement_table(slips, versions, statements, self.prefix)
        self._pack(SETTLEMENTS, statements, table)

    def profiles(self) -> None:
        unit, population = self.unit, self.population
        news = registrations(self.clock, population, np.arange(*unit.customers))
        groups = [news]
        if unit.chunk == 0:
            active = int(population.active(unit.day).sum())
            rate = self.config.dirt.rate("profile_changes")
            count = quota(self.rng, active, rate, self.least)
            changed = some(self.rng, max(active, 1), count)
            groups.append(
                changes(self.rng, self.clock, population, unit.day, changed)
            )
        statements = type(news)(
            *(
                np.concatenate([getattr(group, name) for group in groups])
                for name in ("number", "updated_at", "edition", "is_test")
            )
        )
        lag = self.rng.integers(500, 60_000, len(statements.number))
        plan = Plan.of(statements.updated_at + lag, self.clock)
        self.tally.profiles = len(plan)
        flagged = population.flag_day[statements.number] == unit.day
        plan.mark(np.flatnonzero((statements.edition > 0) & flagged), "late_test_flags")
        plan.mark(np.flatnonzero((statements.edition > 0) & ~flagged), "profile_changes")
        recent = np.flatnonzero(plan.recorded_at >= self.clock.start)
        self.planner.correct(plan, recent, "profile_corrections")
        self._finish(plan, PROFILES)
        plan = in_order(plan, self.clock.deliveries)
        table = profile_table(self.clock, population, statements, plan)
        self._pack(PROFILES, plan, table)

    def _settlement_plan(
        self, versions: Versions, again: Ints, undone: Ints
    ) -> Plan:
        planner, rng, last = self.planner, self.rng, self.clock.deliveries
        first = np.flatnonzero(versions.version == 1)
        # A bet settled more than once keeps to its order: only its first row is late.
        late = planner.pick(first[np.bincount(versions.bet)[versions.bet[first]] == 1], "late_settlements")
        delay = np.exp(rng.uniform(np.log(2.0), np.log(120.0), len(late))) * HOUR
        versions.recorded_at[late] += delay.astype(np.int64)
        plan = Plan.of(versions.recorded_at, self.clock)
        plan.mark(late, "late_settlements")
        plan.mark(again, "resettlements")
        plan.mark(undone, "rollbacks")
        # A version is held back until its successor has been delivered.
        rank = versions.bet * 8 + versions.version
        order = np.argsort(rank)
        follows = np.flatnonzero(np.diff(rank[order]) == 1)
        before, after = order[follows], order[follows + 1]
        in_time = plan.delivery[after] < last
        held = planner.pick(np.flatnonzero(in_time), "out_of_order_versions")
        plan.delivery[before[held]] = plan.delivery[after[held]] + 1
        plan.mark(before[held], "out_of_order_versions")
        settled = np.flatnonzero(versions.status != 10)
        planner.correct(plan, settled, "settlement_corrections")
        return plan

    def _bet_plan(self, slips: Slips, versions: Versions, statements: Plan) -> Plan:
        planner, last = self.planner, self.clock.deliveries
        plan = Plan.of(slips.recorded_at, self.clock)
        earliest = np.full(len(slips), last + 1)
        np.minimum.at(earliest, versions.bet[statements.source], statements.delivery)
        settled = np.flatnonzero(earliest < last)
        waiting = planner.pick(settled, "settlements_before_bet")
        plan.delivery[waiting] = earliest[waiting] + 1
        plan.mark(waiting, "settlements_before_bet")
        never = planner.pick(np.setdiff1d(settled, waiting), "settlements_without_bet")
        plan.delivery[never] = last + 1
        orphans = np.isin(versions.bet[statements.source], never)
        statements.mark(np.flatnonzero(orphans), "settlements_without_bet")
        planner.correct(plan, np.flatnonzero(plan.delivery <= last), "bet_corrections")
        return plan

    def _finish(self, plan: Plan, feed: Feed) -> None:
        self.planner.repeat(plan)
        rate = bad_row_rate(self.config.dirt, feed)
        self.planner.spoil(plan, rate, 4 * self.least if rate else 0)

    def _pack(self, feed: Feed, plan: Plan, table: pa.Table) -> None:
        unit, dirt = self.unit, self.config.dirt
        turn = unit.day * 4 + FEEDS.index(feed)
        boxes = list(parcels(self.rng, dirt, feed, plan, table, turn))
        own_last = self.clock.days_last_delivery(unit.day)
        own = [box for box in boxes if box[0] <= own_last]
        fullest = max((rows.num_rows for _, rows in own), default=0)
        for delivery, rows in boxes:
            if delivery > own_last:
                self.later.append((feed, delivery, rows))
                continue
            part = (unit.day * 1_000 + unit.chunk) * 100
            rest = rows
            if rows.num_rows == fullest and unit.chunk == 0 and feed is not PROFILES:
                rest = odd_files(
                    self.landing, dirt, feed, unit.day, delivery, part, rows
                )
                fullest = -1
            if rest.num_rows:
                self.landing.write_rows(feed, delivery, part, rest)

    def _count(self, slips: Slips, versions: Versions) -> None:
        """Totals of a world without second thoughts; called before `reconsider`."""
        delivered = self.clock.delivery_of(versions.recorded_at) <= self.config.deliveries
        final = delivered[: len(slips)]  # versions begin with each bet's last one
        self.tally.bets = len(slips)
        self.tally.settlements = int(delivered.sum())
        for number, place in enumerate(JURISDICTIONS):
            here = slips.jurisdiction == number
            ended = np.flatnonzero(here & final)
            self.tally.handle[place.currency] += int(slips.stake[here].sum())
            self.tally.settled[place.currency] += int(slips.stake[ended].sum())
            self.tally.payout[place.currency] += int(versions.payout[ended].sum())

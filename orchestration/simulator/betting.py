"""A unit of bets: drawn, settled, muddled and written."""

from __future__ import annotations

import numpy as np

from orchestration.simulator.arrays import Ints
from orchestration.simulator.bets import bet_table, details_of
from orchestration.simulator.clock import HOUR
from orchestration.simulator.contract import BETS, SETTLEMENTS
from orchestration.simulator.drawing import draw_slips
from orchestration.simulator.plan import Plan
from orchestration.simulator.population import Population
from orchestration.simulator.settlements import settlement_table
from orchestration.simulator.settling import (
    ROLLED_BACK,
    Versions,
    reconsider,
    settle,
)
from orchestration.simulator.slips import Slips
from orchestration.simulator.source import BetsDrawn
from orchestration.simulator.workbench import Workbench
from orchestration.simulator.world import JURISDICTIONS

MOST_VERSIONS = 8  # of a bet; more than there ever are


def bet_on_day(bench: Workbench, population: Population) -> BetsDrawn:
    """Draw the unit's bets, settle them and write both."""
    unit, config = bench.unit, bench.config
    slips = draw_slips(config, population, unit, bench.clock.day_start(unit.day))
    return place(bench, population, slips, *details_of(slips, config.seed))


def place(
    bench: Workbench,
    population: Population,
    slips: Slips,
    channel: Ints,
    promotion: Ints,
) -> BetsDrawn:
    """Settle bets, and write them and their settlements."""
    unit, config = bench.unit, bench.config
    versions = settle(bench.rng, slips)
    _tally(bench, slips, versions)
    again, undone = reconsider(bench.planner, versions, slips)
    settlements = _settlement_plan(bench, versions, again, undone)
    bets = _bet_plan(bench, slips, versions, settlements)
    ids = f"{unit.day:04d}{unit.chunk:04d}-"
    bets = bench.finish(BETS, bets)
    table = bet_table(population, slips, bets, f"B{ids}", channel, promotion)
    bench.pack(BETS, bets, table)
    settlements = bench.finish(SETTLEMENTS, settlements)
    table = settlement_table(slips, versions, settlements, ids)
    bench.pack(SETTLEMENTS, settlements, table)
    return BetsDrawn(population, slips, versions, channel, promotion, ids, config.seed)


def _settlement_plan(
    bench: Workbench, versions: Versions, again: Ints, undone: Ints
) -> Plan:
    """Settlements come late, out of order, and mistaken first."""
    planner, last = bench.planner, bench.clock.deliveries
    # Only a bet's single settlement is late: others would change their order in time.
    single = np.bincount(versions.bet)[versions.bet] == 1
    late = planner.pick(np.flatnonzero(single), "late_settlements")
    delay = np.exp(bench.rng.uniform(np.log(2.0), np.log(120.0), len(late))) * HOUR
    versions.recorded_at[late] += delay.astype(np.int64)
    plan = Plan.of(versions.recorded_at, bench.clock)
    plan.mark(late, "late_settlements")
    plan.mark(again, "resettlements")
    plan.mark(undone, "rollbacks")
    # A version is held back until its successor has been delivered.
    rank = versions.bet * MOST_VERSIONS + versions.version
    order = np.argsort(rank)
    follows = np.flatnonzero(np.diff(rank[order]) == 1)
    before, after = order[follows], order[follows + 1]
    in_time = np.flatnonzero(plan.delivery[after] < last)
    held = planner.pick(in_time, "out_of_order_versions")
    plan.delivery[before[held]] = plan.delivery[after[held]] + 1
    plan.mark(before[held], "out_of_order_versions")
    stated = np.flatnonzero(versions.status != ROLLED_BACK)
    planner.correct(plan, stated, "settlement_corrections")
    return plan


def _bet_plan(
    bench: Workbench, slips: Slips, versions: Versions, settlements: Plan
) -> Plan:
    """Bets come after their settlement, never, or mistaken first."""
    planner, last = bench.planner, bench.clock.deliveries
    plan = Plan.of(slips.recorded_at, bench.clock)
    bet = versions.bet[settlements.source]
    first = np.full(len(slips), last + 1)  # delivery that brings a settlement
    np.minimum.at(first, bet, settlements.delivery)
    settled = np.flatnonzero(first < last)
    waiting = planner.pick(settled, "settlements_before_bet")
    plan.delivery[waiting] = first[waiting] + 1
    plan.mark(waiting, "settlements_before_bet")
    others = np.setdiff1d(settled, waiting, assume_unique=True)
    never = planner.pick(others, "settlements_without_bet")
    plan.delivery[never] = last + 1
    orphans = np.flatnonzero(np.isin(bet, never))
    settlements.mark(orphans, "settlements_without_bet")
    planner.correct(plan, np.flatnonzero(plan.delivery <= last), "bet_corrections")
    return plan


def _tally(bench: Workbench, slips: Slips, versions: Versions) -> None:
    """Totals of a world without second thoughts; called before `reconsider`."""
    delivered = bench.clock.delivery_of(versions.recorded_at) <= bench.clock.deliveries
    final = delivered[: len(slips)]  # versions begin with each bet's last one
    bench.tally.bets = len(slips)
    bench.tally.settlements = int(delivered.sum())
    for number, place in enumerate(JURISDICTIONS):
        here = slips.jurisdiction == number
        ended = np.flatnonzero(here & final)
        bench.tally.handle[place.currency] += int(slips.stake[here].sum())
        bench.tally.settled[place.currency] += int(slips.stake[ended].sum())
        bench.tally.payout[place.currency] += int(versions.payout[ended].sum())

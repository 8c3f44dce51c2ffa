"""A unit of profiles: registrations and changes of one day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orchestration.simulator.arrays import Ints, quota, some
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.contract import PROFILES
from orchestration.simulator.plan import Plan
from orchestration.simulator.population import Population
from orchestration.simulator.profiles import (
    Statements,
    changes,
    profile_table,
    registrations,
)
from orchestration.simulator.source import CustomersDrawn
from orchestration.simulator.workbench import Workbench


def changed_on_day(
    rng: np.random.Generator, config: SimulationConfig, population: Population, day: int
) -> Ints:
    """Customers whose profile changes on a day: what its first unit's stream gives."""
    active = population.registered_before(day)
    rate = config.dirt.rate("profile_changes")
    return some(rng, active, quota(rng, active, rate, 1))


def register_on_day(bench: Workbench, population: Population) -> CustomersDrawn:
    """Draw the unit's profiles and write them."""
    unit, clock, rng = bench.unit, bench.clock, bench.rng
    groups = [registrations(clock, population, np.arange(*unit.customers))]
    if unit.chunk == 0:
        changed = changed_on_day(rng, bench.config, population, unit.day)
        groups.append(changes(rng, clock, population, unit.day, changed))
    return register(bench, population, groups)


def register(
    bench: Workbench, population: Population, groups: Sequence[Statements]
) -> CustomersDrawn:
    """Write profiles."""
    unit, clock, rng = bench.unit, bench.clock, bench.rng
    statements = Statements(
        *(
            np.concatenate([getattr(group, name) for group in groups])
            for name in ("number", "updated_at", "edition", "is_test")
        )
    )
    lag = rng.integers(500, 60_000, len(statements.number))
    plan = Plan.of(statements.updated_at + lag, clock)
    bench.tally.profiles = len(plan)
    is_change = statements.edition > 0
    is_flag = population.flag_day[statements.number] == unit.day
    plan.mark(np.flatnonzero(is_change & is_flag), "late_test_flags")
    plan.mark(np.flatnonzero(is_change & ~is_flag), "profile_changes")
    recent = np.flatnonzero(plan.recorded_at >= clock.start)
    bench.planner.correct(plan, recent, "profile_corrections")
    plan = bench.finish(PROFILES, plan)
    table = profile_table(clock, population, statements, plan)
    bench.pack(PROFILES, plan, table)
    return CustomersDrawn(population, statements)

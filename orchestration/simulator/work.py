"""Work on a unit: draw its world, plant its dirt, write its files."""

from __future__ import annotations

from orchestration.simulator.betting import bet_on_day
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.files import Landing
from orchestration.simulator.population import Population
from orchestration.simulator.registering import register_on_day
from orchestration.simulator.units import Unit
from orchestration.simulator.workbench import Workbench


def work(
    unit: Unit, config: SimulationConfig, population: Population, landing: Landing
) -> Workbench:
    """Work on one unit; units do not depend on each other.

    Returns:
        Its bench, with its totals and the rows that it leaves to later deliveries.
    """
    bench = Workbench(unit, config, landing)
    if unit.bets:
        bet_on_day(bench, population)
    else:
        register_on_day(bench, population)
    return bench

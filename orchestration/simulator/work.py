"""Work on a unit: draw its world, plant its dirt, write its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.simulator.acting import act_on_day
from orchestration.simulator.betting import bet_on_day
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.files import Landing
from orchestration.simulator.population import Population
from orchestration.simulator.registering import register_on_day
from orchestration.simulator.source import BetsDrawn, CustomersDrawn, Source
from orchestration.simulator.units import Unit
from orchestration.simulator.workbench import SourceBench, Workbench


@dataclass(frozen=True)
class Done:
    """A unit that was worked on.

    Attributes:
        unit: The unit.
        benches: With their totals and the rows that they leave to later deliveries;
            the core feeds' first.
        products: What each source has to say to its own turn; empty when nothing
            happened in the unit.
    """

    unit: Unit
    benches: list[Workbench]
    products: list[Any]


class Turns:
    """The states of sources that live on from unit to unit, taken in order."""

    def __init__(
        self,
        config: SimulationConfig,
        population: Population,
        sources: Sequence[Source],
    ) -> None:
        self._config = config
        self._turns = [
            (number, source.name, source.start(config, population))
            for number, source in enumerate(sources)
            if source.start is not None
        ]

    def take(
        self, done: Done, new_landing: Callable[[], Landing]
    ) -> Iterator[Workbench]:
        """Let each source have its turn with a unit; their benches."""
        for number, name, turn in self._turns if done.products else ():
            bench = SourceBench(
                done.unit, self._config, new_landing(), name, in_turn=True
            )
            turn(bench, done.products[number])
            yield bench


def work(
    unit: Unit,
    config: SimulationConfig,
    population: Population,
    sources: Sequence[Source],
    landing: Landing,
) -> Done:
    """Work on one unit; units do not depend on each other."""
    bench = Workbench(unit, config, landing)
    drawn: BetsDrawn | CustomersDrawn | None
    if unit.is_plot:
        drawn = act_on_day(bench, population)
    elif unit.bets:
        drawn = bet_on_day(bench, population)
    else:
        drawn = register_on_day(bench, population)
    done = Done(unit, [bench], [])
    if drawn is None:
        return done
    for source in sources:
        hook: Any = source.on_bets if unit.bets else source.on_customers
        product = None
        if hook is not None:
            done.benches.append(SourceBench(unit, config, landing, source.name))
            product = hook(done.benches[-1], drawn)
        done.products.append(product)
    return done

"""Units of work: a chunk of one business day's bets or profiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from orchestration.simulator.card import card_of
from orchestration.simulator.clock import Clock
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.population import Population

CHUNK = 100_000  # bets or profiles of a unit; bounds memory
PLOT_CHUNK = 900  # number of a day's units in which the cast acts


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


@dataclass(frozen=True)
class Unit:
    """A chunk of a business day.

    Attributes:
        day: Business day from 0.
        chunk: Number of the unit in the day.
        bets: Number of bets to draw; 0 for a unit of profiles.
        customers: First and end number of the customers to register.
        is_last_of_day: Whether the day ends with it.
        is_plot: Whether the cast acts, not the ordinary customers; it decides on the
            number of bets, so `bets` only says that there are some.
    """

    day: int
    chunk: int
    bets: int = 0
    customers: tuple[int, int] = (0, 0)
    is_last_of_day: bool = False
    is_plot: bool = False


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
        if len(population.cast):
            yield Unit(day, PLOT_CHUNK, is_plot=True)
            yield Unit(day, PLOT_CHUNK, bets=1, is_plot=True)
        factor = card_of(config.seed, clock.day_start(day)).factor
        bets = max(1, round(config.bets_per_day * factor))
        for chunk, start in enumerate(range(0, bets, CHUNK)):
            size = min(CHUNK, bets - start)
            last = start + size == bets
            yield Unit(day, chunk, bets=size, is_last_of_day=last)

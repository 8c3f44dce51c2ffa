"""Customers over all days, for source systems that look ahead.

Units are worked on side by side, and the core feeds come first: who bet when for the
last time, and whose profile changes on which day, follows from the seed and is drawn
here again. The cast is left out: it has a part of its own to play.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np

from orchestration.simulator.arrays import Bools, Ints, stream
from orchestration.simulator.card import card_of
from orchestration.simulator.clock import DAY, HOUR, Clock
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.drawing import when_and_who
from orchestration.simulator.exclusions import FOREVER, Exclusions, draw_exclusions
from orchestration.simulator.population import populate
from orchestration.simulator.registering import changed_on_day
from orchestration.simulator.units import units_of

_LOCK = Lock()


@dataclass(frozen=True)
class Lives:
    """What happens to each customer over all days.

    Attributes:
        changed: Customers whose profile changes, by business day.
        exclusions: All exclusions.
        excluded_from: When each customer's latest exclusion starts, FOREVER for none,
            shape (customers,).
        excluded_to: When it ends, shape (customers,).
    """

    changed: tuple[Ints, ...]
    exclusions: Exclusions
    excluded_from: Ints
    excluded_to: Ints

    def editions(self, day: int) -> Ints:
        """Edition of each customer's profile when a business day begins."""
        edition = np.zeros(len(self.excluded_from), np.int64)
        for before, changed in enumerate(self.changed[:day]):
            edition[changed] = before + 1
        return edition

    def is_excluded(self, customer: Ints, at: Ints) -> Bools:
        """Whether customers are excluded at moments of the simulated days."""
        started = self.excluded_from[customer] <= at
        excluded: Bools = started & (at < self.excluded_to[customer])
        return excluded


def lives_of(config: SimulationConfig) -> Lives:
    """The lives of a simulation's customers; drawn once, whoever asks."""
    with _LOCK:
        return _lives_of(config)


@lru_cache(maxsize=2)
def _lives_of(config: SimulationConfig) -> Lives:
    clock, population = Clock(config), populate(config)
    last_bet_at = np.full(config.customers, -1)
    for unit in units_of(config, population, clock):
        if unit.bets:
            rng = stream(config.seed, 4, unit.day, unit.chunk)
            card = card_of(config.seed, clock.day_start(unit.day))
            _, _, moment, customer = when_and_who(rng, card, population, unit)
            np.maximum.at(last_bet_at, customer, moment)
    changed = [
        np.union1d(
            changed_on_day(stream(config.seed, 6, day, 0, 0), config, population, day),
            np.flatnonzero(population.flag_day == day),
        )
        for day in range(config.days)
    ]
    exclusions = draw_exclusions(config, clock, population, last_bet_at)
    starts = np.full(config.customers, FOREVER)
    ends = np.full(config.customers, FOREVER)
    starts[exclusions.customer] = exclusions.started_at
    ends[exclusions.customer] = exclusions.ends_at
    return Lives(tuple(changed), exclusions, starts, ends)


def breached_by_message(config: SimulationConfig, noon: int) -> Ints:
    """Customers who get a message on a day although they are excluded.

    One in four of those who are excluded from one day's messages to beyond the next's.

    Args:
        config: Of the simulation.
        noon: When the day's messages begin to be sent.
    """
    every, clock = lives_of(config).exclusions, Clock(config)
    first = noon - (noon - clock.start) // DAY * DAY  # of all days
    turn = -((first - every.started_at) // DAY)  # the first day to send after the start
    reached = (turn >= 0) & (turn < config.days)
    lasts = every.ends_at > first + turn * DAY + 3 * HOUR
    chosen = np.flatnonzero(reached & lasts)[::4]
    found: Ints = every.customer[chosen[turn[chosen] == (noon - first) // DAY]]
    return found

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
from orchestration.simulator.clock import DAY, HOUR, MINUTE, Clock
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.drawing import when_and_who
from orchestration.simulator.population import Population, populate, registered_at
from orchestration.simulator.registering import changed_on_day
from orchestration.simulator.units import units_of

FOREVER = 2**62
TIME_OUT, SELF_EXCLUSION = 0, 1
TIME_OUT_DAYS = np.array([1, 7, 30])
EXCLUSION_DAYS = np.array([180, 365, 1825])
EXCLUDED_SHARE = 0.005  # of customers, in the days that are simulated
EXCLUDED_BEFORE_SHARE = 0.02  # of customers, some time before them
BREACH_SHARE = 0.0005  # of customers, who bet on although they are excluded
_LOCK = Lock()


@dataclass(frozen=True)
class Exclusions:
    """Time-outs and self-exclusions, in the order of their start.

    Attributes, shape (exclusions,): customer, kind, started_at, ends_at (FOREVER for
    none), is_breached (the customer bets on; nobody else bets while excluded).
    """

    customer: Ints
    kind: Ints
    started_at: Ints
    ends_at: Ints
    is_breached: Bools


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
    exclusions = _exclusions(config, clock, population, last_bet_at)
    starts = np.full(config.customers, FOREVER)
    ends = np.full(config.customers, FOREVER)
    starts[exclusions.customer] = exclusions.started_at
    ends[exclusions.customer] = exclusions.ends_at
    return Lives(tuple(changed), exclusions, starts, ends)


def _exclusions(
    config: SimulationConfig, clock: Clock, population: Population, last_bet_at: Ints
) -> Exclusions:
    """Exclusions of customers who don't bet while excluded, and a few who do."""
    rng = stream(config.seed, 14)
    everyone = np.arange(config.customers)
    joined = registered_at(clock, population, everyone)
    is_real = ~population.is_test[everyone] & (population.flag_day[everyone] < 0)
    end = clock.day_start(config.days)
    quiet = end - HOUR - np.maximum(last_bet_at, joined)
    # Somebody who has long been quiet is the likelier to have excluded themselves.
    able = np.flatnonzero(is_real & (quiet > 2 * HOUR) & (joined < end - DAY))
    wanted = min(len(able), max(3, round(EXCLUDED_SHARE * config.customers)))
    odds = np.minimum(quiet[able], 30 * DAY).astype(np.float64) ** 2
    now = rng.choice(able, wanted, replace=False, p=odds / odds.sum())
    length = np.minimum(quiet[now] - HOUR, 30 * DAY)
    starts = [end - HOUR - (rng.random(len(now)) * length).astype(np.int64)]
    kinds = [rng.integers(0, 2, len(now))]

    active = np.flatnonzero(is_real & (last_bet_at > clock.start + DAY))
    active = np.setdiff1d(active, now)
    wanted = min(len(active), max(2, round(BREACH_SHARE * config.customers)))
    breaching = rng.choice(active, wanted, replace=False)
    reach = last_bet_at[breaching] - clock.start - DAY // 2
    starts.append(last_bet_at[breaching] - rng.integers(10 * MINUTE, reach))
    kinds.append(np.full(len(breaching), SELF_EXCLUSION))

    old = np.flatnonzero(is_real & (joined < clock.start - 400 * DAY))
    old = np.setdiff1d(old, np.r_[now, breaching])
    before = rng.choice(old, round(EXCLUDED_BEFORE_SHARE * len(old)), replace=False)
    since = clock.start - 200 * DAY - joined[before]
    starts.append(joined[before] + (rng.random(len(before)) * since).astype(np.int64))
    kinds.append(rng.integers(0, 2, len(before)))

    customer, start = np.concatenate([now, breaching, before]), np.concatenate(starts)
    kind = np.concatenate(kinds)
    is_old = np.arange(len(customer)) >= len(now) + len(breaching)
    draw = rng.integers(0, 3, len(customer))
    days = np.where(kind == TIME_OUT, TIME_OUT_DAYS[draw], EXCLUSION_DAYS[draw])
    ends = start + np.where(is_old, np.minimum(days, 180), days) * DAY
    endless = (kind == SELF_EXCLUSION) & ~is_old & (rng.random(len(customer)) < 0.25)
    ends = np.where(endless, FOREVER, ends)
    is_breached = np.isin(customer, breaching)
    order = np.argsort(start, kind="stable")
    return Exclusions(
        customer[order], kind[order], start[order], ends[order], is_breached[order]
    )


def breached_by_message(config: SimulationConfig, day_noon: int) -> Ints:
    """Customers who get a message on the day although they are excluded.

    One in four of those excluded gets one, on the first day that sends after the start.

    Args:
        config: Of the simulation.
        day_noon: When the day's messages begin to be sent.
    """
    every = lives_of(config).exclusions
    is_first = (every.started_at < day_noon) & (every.started_at >= day_noon - DAY)
    lasts = every.ends_at > day_noon + 3 * HOUR
    chosen = np.flatnonzero(is_first & lasts & (every.customer % 4 == 0))
    found: Ints = every.customer[chosen]
    return found

"""Time-outs and self-exclusions: of customers who then don't bet, and a few who do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulator.arrays import Bools, Ints, stream
from orchestration.simulator.clock import DAY, HOUR, MINUTE, Clock
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.population import Population, registered_at

FOREVER = 2**62
TIME_OUT, SELF_EXCLUSION = 0, 1
TIME_OUT_DAYS = np.array([1, 7, 30])
EXCLUSION_DAYS = np.array([180, 365, 1825])
EXCLUDED_SHARE = 0.005  # of customers, in the days that are simulated
EXCLUDED_BEFORE_SHARE = 0.02  # of customers, some time before them
BREACH_SHARE = 0.0005  # of customers, who bet on although they are excluded


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


def draw_exclusions(
    config: SimulationConfig, clock: Clock, population: Population, last_bet_at: Ints
) -> Exclusions:
    """Draw the exclusions of a simulation.

    Args:
        config: Of the simulation.
        clock: Of the simulation.
        population: All customers; the cast is left out.
        last_bet_at: When each ordinary customer bet for the last time, -1 for never,
            shape (customers,).
    """
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

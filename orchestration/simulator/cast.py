"""The cast: accounts beside the ordinary ones that act out a plot.

Who is in which plot depends on the seed, the number of customers and of days only. The
cast's accounts are numbered after the ordinary ones, which never know of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from orchestration.simulator.arrays import Bools, Ints, stream
from orchestration.simulator.clock import DAY, HOUR, Clock
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.world import JURISDICTIONS

# What the members of a group may have in common; one group of each kind in turn.
DEVICE, ADDRESS, INSTRUMENT, HOME = 1, 2, 4, 8


@dataclass(frozen=True)
class Role:
    """A part that accounts can play.

    Attributes:
        plot: Name of the plot.
        is_fraud: Whether a rule should find it; a household is only lookalike.
        groups: Per thousand customers; there is always one.
        size: Fewest and most accounts of a group.
        kind: Position in world.KINDS of the accounts.
        shares: Bit sets of what is shared, which groups take in turn.
        lead: Days from joining to the group's day, fewest and most.
    """

    plot: str
    is_fraud: bool
    groups: float
    size: tuple[int, int]
    kind: int
    shares: tuple[int, ...] = (0,)
    lead: tuple[float, float] = (20.0, 90.0)


ROLES = (
    Role(
        "multi_account_rings", True, 0.6, (3, 5), 4,
        (DEVICE | ADDRESS, ADDRESS | INSTRUMENT | HOME, DEVICE | INSTRUMENT,
         INSTRUMENT | HOME),
    ),
    Role("households", False, 1.0, (2, 2), 0, (ADDRESS | HOME,)),
    Role("bonus_abuse", True, 0.8, (1, 1), 4),
    Role("arbitrage", True, 0.8, (1, 1), 3),
    Role("courtsiding", True, 0.6, (1, 1), 3),
    Role("match_fixing", True, 0.4, (4, 6), 0, lead=(0.3, 3.0)),
    Role("minimal_play", True, 0.8, (1, 1), 1, lead=(0.5, 10.0)),
    Role("velocity", True, 0.6, (1, 1), 1),
    Role("late_bets", True, 0.6, (1, 1), 1),
)  # fmt: skip
NAMES = tuple(role.plot for role in ROLES)


@dataclass(frozen=True)
class Cast:
    """Accounts of the plots, shape (accounts,) each.

    Attributes:
        first: Number of the first of them; the others follow.
        role: Position in ROLES.
        group: Number of the group within its role, from 0.
        jurisdiction: Position in JURISDICTIONS, one for a group.
        joined_at: Registration.
        day: Business day on which the group's plot thickens.
        is_on: Whether the plot is played; accounts of others never appear.
        device, address, instrument, home: Number of the account whose device, network
            address, payment instrument and postal address it uses; its own, or that
            of its group's first member.
    """

    first: int
    role: Ints
    group: Ints
    jurisdiction: Ints
    joined_at: Ints
    day: Ints
    is_on: Bools
    device: Ints
    address: Ints
    instrument: Ints
    home: Ints

    def __len__(self) -> int:
        return len(self.role)

    @property
    def numbers(self) -> Ints:
        """Numbers of the accounts."""
        return self.first + np.arange(len(self))

    @property
    def kind(self) -> Ints:
        """Position of each in world.KINDS."""
        return np.array([role.kind for role in ROLES], np.int64)[self.role]

    def playing(self, plot: str) -> Ints:
        """Positions of the accounts that play a plot, in the order of their groups."""
        return np.flatnonzero(self.is_on & (self.role == NAMES.index(plot)))

    def owners(self, what: Ints, numbers: npt.NDArray[np.integer]) -> Ints:
        """Whose thing customers use, e.g. `owners(cast.instrument, numbers)`."""
        owner = np.asarray(numbers, np.int64)
        if len(self):
            is_cast = owner >= self.first
            mine = what[np.where(is_cast, owner - self.first, 0)]
            owner = np.where(is_cast, mine, owner)
        return owner


@lru_cache(maxsize=8)
def cast_of(config: SimulationConfig) -> Cast:
    """The cast of a simulation; nobody, when no plot is to be played."""
    parts = list(_groups(config)) if any(map(config.plays, NAMES)) else []
    columns = [np.concatenate(c) for c in zip(*parts, strict=True)] or [
        np.zeros(0, np.int64) for _ in range(7)
    ]
    role, group, jurisdiction, joined_at, day, leader, shares = columns
    numbers = config.customers + np.arange(len(role))
    leader = config.customers + np.arange(len(role)) - leader
    is_on = np.array([config.plays(name) for name in NAMES], np.bool_)[role]
    device, address, instrument, home = (
        np.where(shares & bit, leader, numbers)
        for bit in (DEVICE, ADDRESS, INSTRUMENT, HOME)
    )
    return Cast(
        config.customers, role, group, jurisdiction, joined_at, day, is_on,
        device, address, instrument, home,
    )  # fmt: skip


def _groups(config: SimulationConfig) -> Iterator[tuple[Ints, ...]]:
    clock = Clock(config)
    shares = np.array([place.share for place in JURISDICTIONS])
    for number, role in enumerate(ROLES):
        rng = stream(config.seed, 10, number)
        for group in range(max(1, round(config.customers / 1000 * role.groups))):
            size = int(rng.integers(role.size[0], role.size[1] + 1))
            home = int(rng.choice(len(shares), p=shares))
            day = int(rng.integers(min(2, config.days - 1), config.days))
            lead = rng.uniform(*role.lead, size) * DAY
            joined_at = clock.day_start(day) + 9 * HOUR - lead.astype(np.int64)
            shared = role.shares[group % len(role.shares)]
            yield (
                np.full(size, number), np.full(size, group), np.full(size, home),
                joined_at, np.full(size, day), np.arange(size), np.full(size, shared),
            )  # fmt: skip

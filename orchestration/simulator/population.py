"""Who bets: each customer's kind, home, registration and test flag."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.simulator.arrays import Ints, numbered, stream
from orchestration.simulator.cast import Cast, cast_of
from orchestration.simulator.clock import DAY, Clock
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.world import JURISDICTIONS, KINDS

ALREADY_REGISTERED = 0.85
TEST_SHARE = 0.005
GROUPS = len(JURISDICTIONS) * len(KINDS)


@dataclass(frozen=True)
class Population:
    """All customers in the order of their registration, a few bytes each.

    Attributes:
        jurisdiction: Position in JURISDICTIONS, shape (customers,).
        kind: Position in KINDS, shape (customers,).
        is_test: Whether the first profile says test account, shape (customers,).
        flag_day: Business day whose profile row first says so; -1 is never.
        registered: Customers registered by the end of each business day, shape (days,).
        members: Customers by group (jurisdiction x kind), then by registration.
        bounds: Where each group begins in `members` and the last ends, shape
            (GROUPS + 1,).
        cast: Accounts that act out plots. The arrays by customer end with them;
            `registered` and `members` do not know them.
    """

    jurisdiction: npt.NDArray[np.int8]
    kind: npt.NDArray[np.int8]
    is_test: npt.NDArray[np.bool_]
    flag_day: npt.NDArray[np.int16]
    registered: Ints
    members: npt.NDArray[np.int32]
    bounds: Ints
    cast: Cast

    def devices(self, numbers: npt.NDArray[np.integer]) -> Ints:
        """Number of the customer whose devices each of these uses."""
        return self.cast.owners(self.cast.device, numbers)

    def addresses(self, numbers: npt.NDArray[np.integer]) -> Ints:
        """Number of the customer whose network address each of these uses."""
        return self.cast.owners(self.cast.address, numbers)

    def instruments(self, numbers: npt.NDArray[np.integer]) -> Ints:
        """Number of the customer whose payment instruments each of these uses."""
        return self.cast.owners(self.cast.instrument, numbers)

    def homes(self, numbers: npt.NDArray[np.integer]) -> Ints:
        """Number of the customer at whose postal address each of these lives."""
        return self.cast.owners(self.cast.home, numbers)

    def active(self, day: int) -> Ints:
        """Members of each group who registered before a business day begins."""
        before = np.int32(self.registered_before(day))  # as members: no conversion
        groups = (self.members[first:end] for first, end in pairwise(self.bounds))
        return np.array([np.searchsorted(group, before) for group in groups])

    def registered_before(self, day: int) -> int:
        """Number of customers registered before a business day begins."""
        return int(self.registered[day - 1]) if day else self.first

    @property
    def first(self) -> int:
        """Customers registered before the first day."""
        return max(1, int(self.count * ALREADY_REGISTERED))

    @property
    def count(self) -> int:
        """Number of ordinary customers."""
        return self.cast.first


def populate(config: SimulationConfig) -> Population:
    """Draw the customers of a simulation."""
    rng = stream(config.seed, 2)
    count = config.customers
    homes = np.cumsum([place.share for place in JURISDICTIONS])
    kinds = np.cumsum([kind.customer_share for kind in KINDS])
    jurisdiction = np.searchsorted(homes[:-1], rng.random(count)).astype(np.int8)
    kind = np.searchsorted(kinds[:-1], rng.random(count)).astype(np.int8)
    is_test = rng.random(count, np.float32) < TEST_SHARE
    flag_day = np.full(count, -1, np.int16)
    late_share = config.dirt.rate("late_test_flags")
    if late_share:
        late = np.flatnonzero(~is_test & (rng.random(count) < late_share))
        late = late if len(late) else np.flatnonzero(~is_test)[:1]
        flag_day[late] = rng.integers(0, config.days, len(late))
    group = jurisdiction * np.int8(len(KINDS)) + kind
    order = np.argsort(group, kind="stable").astype(np.int32)
    bounds = np.searchsorted(group[order], np.arange(GROUPS + 1, dtype=np.int8))
    first = max(1, int(count * ALREADY_REGISTERED))
    cast = cast_of(config)
    return Population(
        jurisdiction=np.append(jurisdiction, cast.jurisdiction.astype(np.int8)),
        kind=np.append(kind, cast.kind.astype(np.int8)),
        is_test=np.append(is_test, np.zeros(len(cast), np.bool_)),
        flag_day=np.append(flag_day, np.full(len(cast), -1, np.int16)),
        registered=np.linspace(first, count, config.days + 1).astype(np.int64)[1:],
        members=order,
        bounds=bounds,
        cast=cast,
    )


def registered_at(clock: Clock, population: Population, numbers: Ints) -> Ints:
    """When customers registered: evenly over three years, then over the days."""
    first, count = population.first, population.count
    days = len(population.registered)
    before = clock.start - (first - numbers) * (3 * 365 * DAY // first)
    since = clock.start + (numbers - first) * days * DAY // max(1, count - first)
    ordinary = np.where(numbers < first, before, since)
    cast = population.cast
    if not len(cast):
        return ordinary
    joined_at = cast.joined_at[np.maximum(numbers - cast.first, 0)]
    return np.where(numbers < count, ordinary, joined_at)


def customer_ids(numbers: Ints) -> pa.Array:
    """Ids that do not give away the order of registration."""
    scrambled = (np.asarray(numbers, np.int64) * 387_420_489 + 12_345_678) % 10**9
    return numbered("C", scrambled, 9)

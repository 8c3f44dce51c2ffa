"""Rows of customer_profiles: registrations, changes and late test flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulator.arrays import Bools, Ints, labels, moments, numbered
from orchestration.simulator.clock import DAY, Clock
from orchestration.simulator.contract import PROFILES
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.population import (
    Population,
    customer_ids,
    registered_at,
)
from orchestration.simulator.world import JURISDICTIONS, KINDS

GIVEN = ("Alex", "Sam", "Robin", "Kim", "Noa", "Luca", "Maria", "Jan", "Eva", "Max")
FAMILY = ("Smith", "Jones", "García", "López", "de Vries", "Jansen", "Brown", "O'Neil")
STATUSES = ("active", "suspended", "self_excluded", "closed")
KYC = ("verified", "pending", "failed")
TIERS = ("none", "bronze", "silver", "gold", "platinum")
SOURCES = ("organic", "affiliate", "paid_search", "social", "referral")


@dataclass(frozen=True)
class Statements:
    """Profiles as they stood at moments.

    Attributes, shape (statements,): number (of the customer), updated_at, edition (0
    at registration; another number for each change), is_test.
    """

    number: Ints
    updated_at: Ints
    edition: Ints
    is_test: Bools


def registrations(clock: Clock, population: Population, numbers: Ints) -> Statements:
    """First profiles of customers."""
    return Statements(
        numbers,
        registered_at(clock, population, numbers),
        np.zeros(len(numbers), np.int64),
        population.is_test[numbers],
    )


def changes(
    rng: np.random.Generator,
    clock: Clock,
    population: Population,
    day: int,
    changed: Ints,
) -> Statements:
    """Profiles changed on a business day; those flagged as test on it come first."""
    flagged = np.flatnonzero(population.flag_day == day)
    numbers = np.concatenate([flagged, np.setdiff1d(changed, flagged)])
    at = clock.day_start(day) + rng.integers(0, DAY, len(numbers))
    is_flagged = population.flag_day[numbers]
    is_late = (is_flagged >= 0) & (is_flagged <= day)
    return Statements(
        numbers,
        np.maximum(at, registered_at(clock, population, numbers) + 1),
        np.full(len(numbers), day + 1),
        population.is_test[numbers] | is_late,
    )


def profile_table(
    clock: Clock, population: Population, statements: Statements, plan: Plan
) -> pa.Table:
    """The planned rows as the customer system writes them.

    Args:
        clock: Of the simulation.
        population: All customers.
        statements: Profiles of the unit.
        plan: Rows; `source` is a position in `statements`.
    """
    number = statements.number[plan.source]
    edition = statements.edition[plan.source]
    is_wrong = plan.content == WRONG
    is_test = statements.is_test[plan.source]
    mistake = np.where(is_wrong, number % 2, -1)
    is_test = np.where(mistake == 0, ~is_test, is_test)
    home = population.jurisdiction[number]
    places = JURISDICTIONS
    mixed = mixed_of(number)  # for attributes that depend on the number only
    moved = mixed + edition * 7_919  # and for those that a change may touch
    lives = mixed_of(population.homes(number)) + edition * 7_919
    tier = np.array([TIERS.index(kind.tier) for kind in KINDS])[population.kind[number]]
    tier = np.where((edition > 0) & (moved % 3 == 0), (tier + 1) % len(TIERS), tier)
    tier = np.where(mistake == 1, (tier + 2) % len(TIERS), tier)
    status = np.where((edition > 0) & (moved % 11 < 3), moved % 11 + 1, 0)
    born = mixed // 7 % 20_000 - 7_300  # days since 1970: from 1950 to 2004
    columns = [
        customer_ids(number),
        labels(GIVEN, mixed // 3 % len(GIVEN)),
        labels(FAMILY, mixed // 31 % len(FAMILY)),
        _joined(numbered("customer", number, 9), "@example.com"),
        numbered("+999", mixed % 10**9, 9),
        pa.array(born.astype(np.int32)).view(pa.date32()),
        _joined(numbered("", lives % 900 + 100, 3), " Sample Street"),
        numbered("Z", lives % 10**5, 5),
        labels([place.country for place in places], home),
        labels([place.code for place in places], home),
        labels([place.currency for place in places], home),
        moments(registered_at(clock, population, number)),
        labels(STATUSES, status),
        labels(KYC, kyc_status(number)),
        labels(TIERS, tier),
        pa.array(opted_in(number, edition)),
        labels(SOURCES, acquisition(number)),
        pa.array(is_test),
        moments(statements.updated_at[plan.source]),
        moments(plan.recorded_at),
    ]
    return pa.Table.from_arrays(columns, schema=PROFILES.schema)


def mixed_of(number: Ints) -> Ints:
    """Numbers of customers, mixed up; what a customer is, depends on it."""
    mixed: Ints = number * 2_654_435_761 % 2**32
    return mixed


def kyc_status(number: Ints) -> Ints:
    """Position in KYC of customers."""
    mixed = mixed_of(number)
    return np.where(mixed % 50 < 2, mixed % 50 + 1, 0)


def acquisition(number: Ints) -> Ints:
    """Position in SOURCES of customers."""
    return mixed_of(number) // 17 % len(SOURCES)


def opted_in(number: Ints, edition: Ints) -> Bools:
    """Whether an edition of customers' profiles allows marketing."""
    allows: Bools = ((mixed_of(number) + edition * 7_919) // 5 % 10) < 6
    return allows


def _joined(texts: pa.Array, tail: str) -> pa.Array:
    return pc.binary_join_element_wise(texts, tail, "")

"""The cashier: deposits, withdrawals and bonus grants around a unit's bets.

Each unit pays for itself: what its customers stake they have deposited before, and they
withdraw only what it has paid out to them. So nobody runs dry, whatever other units do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulator.arrays import Ints
from orchestration.simulator.clock import DAY, HOUR, MINUTE
from orchestration.simulator.population import Population
from orchestration.simulator.settling import CANCELLED, STATUSES, Versions
from orchestration.simulator.slips import Slips

REFUNDS = np.array([STATUSES.index("void"), STATUSES.index("push"), CANCELLED])
PENDING, COMPLETED, FAILED, CANCELLED_BY_CUSTOMER, CHARGED_BACK = range(5)
FAILED_DEPOSITS = 0.04  # of customers, who then try again
CHARGEBACKS = 0.004  # of deposits
PLAYED_BONUS_DAYS = 7
IDLE_GRANTS = 0.02  # of customers, who let a bonus expire
WITHDRAWING = 0.6  # of customers who were paid out enough
LEAST_WITHDRAWAL = 20_00
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Payments:
    """Payments of a unit.

    Attributes, shape (payments,): customer, is_deposit, amount (cents), requested_at;
    ended_as (a status from COMPLETED on), ended_at (for deposits: at once);
    charged_back_at (-1 for never).
    """

    customer: Ints
    is_deposit: np.ndarray
    amount: Ints
    requested_at: Ints
    ended_as: Ints
    ended_at: Ints
    charged_back_at: Ints

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True)
class Grants:
    """Bonus grants of a unit.

    Attributes, shape (grants,): customer, promotion (position in bets.PROMOTIONS),
    amount (cents), granted_at, is_used, ended_at (its last bet, or its expiry).
    """

    customer: Ints
    promotion: Ints
    amount: Ints
    granted_at: Ints
    is_used: np.ndarray
    ended_at: Ints

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def expires_at(self) -> Ints:
        """When what is left of a grant is taken back."""
        return self.granted_at + PLAYED_BONUS_DAYS * DAY


def bonus_returned(slips: Slips, versions: Versions) -> Ints:
    """Bonus money that each version gives back, in cents: all of it in a refund."""
    refunded = np.isin(versions.status, REFUNDS)
    return np.where(refunded, slips.bonus[versions.bet], 0)


def payments_of(
    rng: np.random.Generator, population: Population, slips: Slips, versions: Versions
) -> Payments:
    """Deposits that pay for a unit's stakes, and withdrawals of what it paid out."""
    cash = slips.stake - slips.bonus
    customer, place = np.unique(slips.customer, return_inverse=True)
    need = np.bincount(place, cash, len(customer)).astype(np.int64)
    first = np.full(len(customer), NEVER)
    np.minimum.at(first, place, np.where(cash > 0, slips.placed_at, NEVER))
    payers = np.flatnonzero(need > 0)
    amount = (-(-need[payers] // 10_00) + rng.integers(0, 3, len(payers))) * 10_00
    at = first[payers] - rng.integers(MINUTE, 20 * MINUTE, len(payers))
    passing = np.isin(customer[payers], population.cast.first + _passing(population))
    amount = np.where(passing, amount + 1_500_00, amount)
    failed = np.flatnonzero(rng.random(len(payers)) < FAILED_DEPOSITS)
    never = np.full(len(payers) + len(failed), -1)
    charged = rng.random(len(payers)) < CHARGEBACKS
    later = at + rng.integers(12 * HOUR, 6 * DAY, len(payers))
    never[: len(payers)] = np.where(charged, later, -1)
    deposits = Payments(
        customer=np.r_[customer[payers], customer[payers[failed]]],
        is_deposit=np.ones(len(never), np.bool_),
        amount=np.r_[amount, amount[failed]],
        requested_at=np.r_[at, at[failed] - 2 * MINUTE],
        ended_as=np.r_[np.full(len(at), COMPLETED), np.full(len(failed), FAILED)],
        ended_at=np.r_[at, at[failed] - 2 * MINUTE],
        charged_back_at=never,
    )
    through = np.flatnonzero(passing)
    asked = at[through] + rng.integers(HOUR, 4 * HOUR, len(through))
    emptied = Payments(
        customer=customer[payers[through]],
        is_deposit=np.zeros(len(through), np.bool_),
        amount=amount[through] - need[payers[through]],
        requested_at=asked,
        ended_as=np.full(len(through), COMPLETED),
        ended_at=asked + HOUR,
        charged_back_at=np.full(len(through), -1),
    )
    paid_out = _withdrawals(rng, slips, versions, customer, place)
    return _joined(_joined(deposits, emptied), paid_out)


def _passing(population: Population) -> Ints:
    """Accounts of the cast that only pass money through."""
    return population.cast.playing("minimal_play")


def _withdrawals(
    rng: np.random.Generator,
    slips: Slips,
    versions: Versions,
    customer: Ints,
    place: Ints,
) -> Payments:
    """Part of what bets paid that were settled soon and for good."""
    times = np.bincount(versions.bet, minlength=len(slips))
    soon = versions.recorded_at - slips.placed_at[versions.bet] < 36 * HOUR
    paid = versions.payout - bonus_returned(slips, versions)
    rows = np.flatnonzero((times[versions.bet] == 1) & soon & (paid > 0))
    who = place[versions.bet[rows]]
    total = np.bincount(who, paid[rows], len(customer)).astype(np.int64)
    last = np.zeros(len(customer), np.int64)
    np.maximum.at(last, who, versions.recorded_at[rows])
    amount = total * 7 // 10 // 10_00 * 10_00
    chosen = np.flatnonzero(
        (amount >= LEAST_WITHDRAWAL) & (rng.random(len(customer)) < WITHDRAWING)
    )
    asked = last[chosen] + rng.integers(10 * MINUTE, 6 * HOUR, len(chosen))
    fate = rng.random(len(chosen))
    ended_as = np.where(fate < 0.88, COMPLETED, np.where(fate < 0.96, 3, FAILED))
    return Payments(
        customer=customer[chosen],
        is_deposit=np.zeros(len(chosen), np.bool_),
        amount=amount[chosen],
        requested_at=asked,
        ended_as=ended_as,
        ended_at=asked + rng.integers(HOUR // 2, 48 * HOUR, len(chosen)),
        charged_back_at=np.full(len(chosen), -1),
    )


def grants_of(rng: np.random.Generator, slips: Slips, promotion: Ints) -> Grants:
    """Grants that pay for a unit's bonus stakes, and some that nobody uses."""
    bets = np.flatnonzero(slips.bonus > 0)
    customer, first, place = np.unique(
        slips.customer[bets], return_index=True, return_inverse=True
    )
    amount = np.bincount(place, slips.bonus[bets], len(customer)).astype(np.int64)
    begun = np.full(len(customer), NEVER)
    np.minimum.at(begun, place, slips.placed_at[bets])
    ended = np.zeros(len(customer), np.int64)
    np.maximum.at(ended, place, slips.placed_at[bets])
    everybody, seen = np.unique(slips.customer, return_index=True)
    idle = np.flatnonzero(rng.random(len(everybody)) < IDLE_GRANTS)
    at = slips.placed_at[seen[idle]] - 30 * MINUTE
    return Grants(
        customer=np.r_[customer, everybody[idle]],
        promotion=np.r_[promotion[bets[first]], everybody[idle] % 24],
        amount=np.r_[amount, rng.integers(1, 5, len(idle)) * 5_00],
        granted_at=np.r_[begun - rng.integers(5, 60, len(begun)) * MINUTE, at],
        is_used=np.r_[np.ones(len(customer)), np.zeros(len(idle))].astype(np.bool_),
        ended_at=np.r_[ended, at + PLAYED_BONUS_DAYS * DAY],
    )


def _joined(one: Payments, other: Payments) -> Payments:
    return Payments(
        **{
            name: np.concatenate([column, getattr(other, name)])
            for name, column in vars(one).items()
        }
    )

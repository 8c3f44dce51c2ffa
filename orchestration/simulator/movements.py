"""Movements of money between the accounts of the wallet, as they should be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulator.arrays import Ints
from orchestration.simulator.cashier import COMPLETED, bonus_returned
from orchestration.simulator.source import BetsDrawn

ACCOUNTS = (
    "customer_cash", "customer_bonus", "pending_withdrawals",
    "betting", "payments", "bonus_funding",
)  # fmt: skip
CASH, BONUS, WAITING, BETTING, PAYMENTS, FUNDING = range(6)
REFERENCES = ("bet", "payment", "bonus")
BET, PAYMENT, GRANT = range(3)
# What happens, and the accounts that it takes money from and gives it to.
KINDS = {
    "stake": (CASH, BETTING),
    "bonus_stake": (BONUS, BETTING),
    "payout": (BETTING, CASH),
    "payout_reversal": (CASH, BETTING),
    "bonus_refund": (BETTING, BONUS),
    "bonus_refund_reversal": (BONUS, BETTING),
    "deposit": (PAYMENTS, CASH),
    "chargeback": (CASH, PAYMENTS),
    "withdrawal_request": (CASH, WAITING),
    "withdrawal_paid": (WAITING, PAYMENTS),
    "withdrawal_returned": (WAITING, CASH),
    "bonus_grant": (FUNDING, BONUS),
    "bonus_expiry": (BONUS, FUNDING),
}
NAMES = tuple(KINDS)
DEBIT, CREDIT = np.array([*KINDS.values()]).T
REFERENCE = np.array([BET] * 6 + [PAYMENT] * 5 + [GRANT] * 2)


@dataclass
class Movements:
    """Movements of a unit, shape (movements,) each.

    Attributes:
        kind: Position in NAMES.
        customer: Number of the customer.
        reference: Position of the bet, payment or grant in the unit.
        version: Settlement or status version that it follows from, 0 for none.
        amount: Cents.
        at: When the wallet posted it.
        is_foreign: Whether it was booked in a currency that is not the account's.
        is_orphan: Whether its reference is of nothing that exists.
    """

    kind: Ints
    customer: Ints
    reference: Ints
    version: Ints
    amount: Ints
    at: Ints
    is_foreign: np.ndarray
    is_orphan: np.ndarray

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, rows: np.ndarray) -> Movements:
        """Some of the movements."""
        return Movements(**{name: column[rows] for name, column in vars(self).items()})

    def extend(self, other: Movements) -> None:
        """Append movements."""
        for name, column in vars(other).items():
            setattr(self, name, np.concatenate([getattr(self, name), column]))


def movements_of(drawn: BetsDrawn) -> Movements:
    """Every movement that a unit's bets, payments and grants cause, by time."""
    parts = [*_of_bets(drawn), *_of_payments(drawn), *_of_grants(drawn)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    kind, reference, version, amount, at, customer = columns
    moved = np.flatnonzero(amount > 0)
    moved = moved[np.argsort(at[moved], kind="stable")]
    no = np.zeros(len(moved), np.bool_)
    return Movements(
        kind[moved], customer[moved], reference[moved], version[moved],
        amount[moved], at[moved], no, no.copy(),
    )  # fmt: skip


Part = tuple[Ints, ...]  # kind, reference, version, amount, at, customer


def _part(
    kind: str, reference: Ints, version: Ints | int, amount: Ints, at: Ints, who: Ints
) -> Part:
    count = len(reference)
    number = np.full(count, NAMES.index(kind))
    versions = np.broadcast_to(np.asarray(version, np.int64), (count,))
    return number, reference, versions, amount, at, who


def _of_bets(drawn: BetsDrawn) -> list[Part]:
    slips, versions = drawn.slips, drawn.versions
    bets = np.arange(len(slips))
    parts = [
        _part(kind, bets, 0, amount, slips.placed_at, slips.customer)
        for kind, amount in (
            ("stake", slips.stake - slips.bonus),
            ("bonus_stake", slips.bonus),
        )
    ]
    # Each version states a position; what is moved is the difference to the one before.
    order = np.lexsort((versions.version, versions.bet))
    bet, version = versions.bet[order], versions.version[order]
    at = versions.recorded_at[order] + 400
    given_back = bonus_returned(slips, versions)[order]
    paid = versions.payout[order] - given_back
    is_first = np.ones(len(bet), np.bool_)
    is_first[1:] = np.diff(bet) != 0
    for position, names in (
        (paid, ("payout", "payout_reversal")),
        (given_back, ("bonus_refund", "bonus_refund_reversal")),
    ):
        before = np.where(is_first, 0, np.r_[0, position[:-1]])
        for sign, kind in zip((1, -1), names, strict=True):
            difference = sign * (position - before)
            parts.append(_part(kind, bet, version, difference, at, slips.customer[bet]))
    return parts


def _of_payments(drawn: BetsDrawn) -> list[Part]:
    payments = drawn.payments
    everyone = np.arange(len(payments))
    out = ~payments.is_deposit
    is_paid = payments.ended_as == COMPLETED
    cases = (
        ("deposit", ~out & is_paid, 1, payments.requested_at),
        ("chargeback", payments.charged_back_at >= 0, 2, payments.charged_back_at),
        ("withdrawal_request", out, 1, payments.requested_at),
        ("withdrawal_paid", out & is_paid, 2, payments.ended_at),
        ("withdrawal_returned", out & ~is_paid, 2, payments.ended_at),
    )
    return [
        _part(
            kind,
            everyone[where],
            version,
            payments.amount[where],
            at[where] + 400,
            payments.customer[where],
        )
        for kind, where, version, at in cases
    ]


def _of_grants(drawn: BetsDrawn) -> list[Part]:
    grants = drawn.grants
    everyone = np.arange(len(grants))
    idle = ~grants.is_used
    return [
        _part(
            kind,
            everyone[where],
            version,
            grants.amount[where],
            at[where] + 400,
            grants.customer[where],
        )
        for kind, where, version, at in (
            ("bonus_grant", everyone >= 0, 1, grants.granted_at),
            ("bonus_expiry", idle, 2, grants.ended_at),
        )
    ]

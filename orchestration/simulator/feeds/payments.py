"""Payments: each version of a deposit's or a withdrawal's state, as a whole row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import (
    Ints,
    decimals,
    labels,
    moments,
    numbered,
)
from orchestration.simulator.cashier import CHARGED_BACK, FAILED, PENDING
from orchestration.simulator.feed import AMOUNT, MOMENT, Feed
from orchestration.simulator.plan import WRONG
from orchestration.simulator.population import customer_ids
from orchestration.simulator.source import BetsDrawn, Source
from orchestration.simulator.workbench import SourceBench
from orchestration.simulator.world import JURISDICTIONS

STATUSES = ("pending", "completed", "failed", "cancelled", "charged_back")
TYPES = ("withdrawal", "deposit")
METHODS = ("card", "bank_transfer", "e_wallet", "open_banking")
PROVIDERS = ("acquirer-1", "bank-1", "wallet-1", "bank-2")
METHOD_SHARES = np.array([60, 75, 92])  # of 100 customers, summed up
FEES = np.array([120, 20, 150, 35])  # of 10,000, by method
FAILURES = ("insufficient_funds", "declined_by_issuer", "limit_exceeded", "timeout")

PAYMENTS = Feed(
    source="payments",
    table="payments",
    keys=("payment_id", "status_version"),
    schema=pa.schema(
        [
            ("payment_id", pa.string()),
            ("status_version", pa.int32()),
            ("customer_id", pa.string()),
            ("jurisdiction", pa.string()),
            ("currency_code", pa.string()),
            ("payment_type", pa.string()),
            ("payment_method", pa.string()),
            ("provider", pa.string()),
            ("payment_status", pa.string()),
            ("instrument_fingerprint", pa.string()),
            ("instrument_holder", pa.string()),
            ("failure_reason", pa.string()),
            ("payment_amount", AMOUNT),
            ("fee_amount", AMOUNT),
            ("requested_at", MOMENT),
            ("status_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"instrument_holder", "failure_reason"}),
    values={
        "payment_type": TYPES,
        "payment_method": METHODS,
        "payment_status": STATUSES,
    },
    unsigned=("fee_amount",),
    note="failure_reason",
    facts=(
        "customer_id", "currency_code", "payment_type", "payment_status",
        "payment_amount",
    ),
)  # fmt: skip


def states_of(drawn: BetsDrawn) -> tuple[Ints, Ints, Ints, Ints]:
    """Every state of the unit's payments: payment, version, status and moment."""
    payments = drawn.payments
    everyone = np.arange(len(payments))
    first = np.where(payments.is_deposit, payments.ended_as, PENDING)
    second = np.flatnonzero(~payments.is_deposit)
    charged = np.flatnonzero(payments.charged_back_at >= 0)
    return (
        np.r_[everyone, second, charged],
        np.r_[np.full(len(everyone), 1), np.full(len(second) + len(charged), 2)],
        np.r_[first, payments.ended_as[second], np.full(len(charged), CHARGED_BACK)],
        np.r_[
            payments.requested_at,
            payments.ended_at[second],
            payments.charged_back_at[charged],
        ],
    )


def pay(bench: SourceBench, drawn: BetsDrawn) -> None:
    """Write the states of a unit's payments."""
    payments = drawn.payments
    payment, version, status, at = states_of(drawn)
    plan = bench.plan(at + bench.rng.integers(300, 5_000, len(at)))
    bench.correct(plan)
    plan = bench.finish(PAYMENTS, plan)
    rows = plan.source
    payment, version, status, at = (x[rows] for x in (payment, version, status, at))
    customer = payments.customer[payment]
    owner = drawn.population.instruments(customer)
    method = np.searchsorted(METHOD_SHARES, owner * 31 % 100, side="right")
    home = drawn.population.jurisdiction[customer].astype(np.int64)
    amount = payments.amount[payment]
    # A mistaken row states ten times the amount; its correction the true one.
    stated = np.where(plan.content == WRONG, amount * 10, amount)
    fee = np.where(status == PENDING, 0, amount * FEES[method] // 10_000)
    reason = np.where(status == FAILED, 1 + payment % len(FAILURES), 0)
    columns = [
        drawn.payment_ids(payment),
        pa.array(version.astype(np.int32)),
        customer_ids(customer),
        labels([place.code for place in JURISDICTIONS], home),
        labels([place.currency for place in JURISDICTIONS], home),
        labels(TYPES, payments.is_deposit[payment].astype(np.int64)),
        labels(METHODS, method),
        labels(PROVIDERS, method),
        labels(STATUSES, status),
        fingerprints(owner),
        numbered("Sample Holder ", owner, 9),
        labels([None, *FAILURES], reason),
        decimals(stated, AMOUNT),
        decimals(fee, AMOUNT),
        moments(payments.requested_at[payment]),
        moments(at),
        moments(plan.recorded_at),
    ]
    bench.pack(PAYMENTS, plan, pa.Table.from_arrays(columns, schema=PAYMENTS.schema))


def fingerprints(owner: Ints) -> pa.Array:
    """What a provider calls a customer's card or account, the same each time."""
    return numbered("F", (owner * 2_654_435_761 + 97) % 10**12, 12)


SOURCE = Source("payments", (PAYMENTS,), on_bets=pay)

"""Identity checks: at sign-up, of the means of the valuable, and now and then again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Ints, labels, moments, numbered, quota, some
from orchestration.simulator.clock import DAY, MINUTE
from orchestration.simulator.feed import MOMENT, Feed
from orchestration.simulator.feeds.writing import customers_mixed, maybe, write
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.population import customer_ids, registered_at
from orchestration.simulator.profiles import kyc_status, mixed_of
from orchestration.simulator.source import CustomersDrawn, Source
from orchestration.simulator.workbench import SourceBench
from orchestration.simulator.world import KINDS

TYPES = (
    "identity", "age", "address", "payment_method", "source_of_funds", "sanctions",
)  # fmt: skip
IDENTITY, AGE, ADDRESS, FUNDS, SANCTIONS = 0, 1, 2, 4, 5
PROVIDERS = (
    "credit_bureau", "credit_bureau", "document_reader", "document_reader",
    "analyst", "list_screening",
)  # fmt: skip
DOCUMENTS = (
    "passport", "driving_licence", "identity_card", "utility_bill", "bank_statement",
    "payslip",
)  # fmt: skip
OUTCOMES = ("passed", "referred", "failed", "expired")
REASONS = (None, "no_match", "document_unreadable", "document_expired")
CHECKED_AGAIN = 0.002  # of customers, on a day
VIP = [kind.name for kind in KINDS].index("vip")
FUNDS_AFTER = 30 * DAY  # a new vip is asked where the money comes from

CHECKS = Feed(
    source="kyc",
    table="identity_checks",
    keys=("identity_check_id",),
    schema=pa.schema(
        [
            ("identity_check_id", pa.string()),
            ("customer_id", pa.string()),
            ("check_type", pa.string()),
            ("provider", pa.string()),
            ("document_type", pa.string()),
            ("document_number", pa.string()),
            ("outcome", pa.string()),
            ("reason_code", pa.string()),
            ("requested_at", MOMENT),
            ("completed_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"document_type", "document_number", "reason_code"}),
    values={"check_type": TYPES, "document_type": DOCUMENTS, "outcome": OUTCOMES},
    after={"completed_at": "requested_at"},
)


def check(bench: SourceBench, drawn: CustomersDrawn) -> None:
    """Check who registered, and some of the others once a day.

    The check of the identity at sign-up has the outcome that the profile states, so a
    verified customer is one before the first deposit, let alone withdrawal.
    """
    clock, rng, statements = bench.clock, bench.rng, drawn.statements
    fresh = statements.number[statements.edition == 0]
    joined = registered_at(clock, drawn.population, fresh)
    vip = drawn.population.kind[fresh] == VIP
    number = [fresh, fresh, fresh, fresh[vip]]
    kind = [
        np.full(len(who), what)
        for who, what in zip(number, (IDENTITY, AGE, SANCTIONS, FUNDS), strict=True)
    ]
    done = [joined - 2_000, joined - 1_500, joined - 1_000, joined[vip] + FUNDS_AFTER]
    outcome = [kyc_status(fresh), *(np.zeros(len(who), np.int64) for who in number[1:])]
    if bench.is_first_of_day:
        active = drawn.population.registered_before(bench.unit.day)
        again = some(rng, active, quota(rng, active, CHECKED_AGAIN))
        number.append(again)
        kind.append(rng.integers(ADDRESS, FUNDS, len(again)))
        done.append(clock.day_start(bench.unit.day) + rng.integers(0, DAY, len(again)))
        odds = np.cumsum([0.90, 0.05, 0.03])
        outcome.append(np.searchsorted(odds, rng.random(len(again))))
    _write(bench, *(np.concatenate(part) for part in (number, kind, done, outcome)))


def _write(
    bench: SourceBench, number: Ints, kind: Ints, done: Ints, outcome: Ints
) -> None:
    rng = bench.rng
    took = np.where(kind < ADDRESS, 900, 5 * MINUTE + rng.integers(0, DAY, len(kind)))
    document = np.where(
        kind == FUNDS, 4 + number % 2, np.where(kind == ADDRESS, 3, number % 3)
    )
    has_document = (kind >= ADDRESS) & (kind != SANCTIONS)
    prefix = f"K{bench.unit.day:04d}{bench.unit.chunk:04d}-"

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        # A mistaken row gives another outcome; its correction states the true one.
        stated = np.where(plan.content == WRONG, (outcome[rows] + 1) % 3, outcome[rows])
        digits = customers_mixed(number[rows], 1) % 10**9
        return [
            numbered(prefix, rows, 7),
            customer_ids(number[rows]),
            labels(TYPES, kind[rows]),
            labels(PROVIDERS, kind[rows]),
            maybe(labels(DOCUMENTS, document[rows]), has_document[rows]),
            maybe(numbered("DOC", digits, 9), has_document[rows]),
            labels(OUTCOMES, stated),
            labels(REASONS, np.where(stated > 0, 1 + mixed_of(number[rows]) % 3, 0)),
            moments(done[rows] - took[rows]),
            moments(done[rows]),
        ]

    write(bench, CHECKS, done + rng.integers(100, 900, len(done)), columns)


SOURCE = Source("kyc", (CHECKS,), on_customers=check)

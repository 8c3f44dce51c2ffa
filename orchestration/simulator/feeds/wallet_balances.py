"""What the wallet says each customer owns at the end of a day (UTC)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Ints, decimals, labels, moments
from orchestration.simulator.clock import DAY, MINUTE
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.feed import AMOUNT, MOMENT, Feed
from orchestration.simulator.labels import labels_of
from orchestration.simulator.movements import (
    BONUS,
    CASH,
    CREDIT,
    DEBIT,
    WAITING,
    Movements,
)
from orchestration.simulator.population import Population, customer_ids
from orchestration.simulator.workbench import SourceBench
from orchestration.simulator.world import JURISDICTIONS

CURRENCIES = tuple(place.currency for place in JURISDICTIONS)
OWNED = (CASH, BONUS, WAITING)
DRIFT = 2_50  # cents by which a balance that went wrong is off from then on

BALANCES = Feed(
    source="wallet",
    table="wallet_balances",
    keys=("customer_id", "balance_date"),
    schema=pa.schema(
        [
            ("customer_id", pa.string()),
            ("balance_date", pa.date32()),
            ("jurisdiction", pa.string()),
            ("currency_code", pa.string()),
            ("cash_balance_amount", AMOUNT),
            ("bonus_balance_amount", AMOUNT),
            ("pending_withdrawal_amount", AMOUNT),
            ("balance_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    facts=(
        "currency_code", "cash_balance_amount", "bonus_balance_amount",
        "pending_withdrawal_amount",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Deltas:
    """What movements add to what customers own.

    Attributes:
        customer: Number of the customer, shape (movements,).
        date: Day since 1970 (UTC) on which it was posted, shape (movements,).
        cents: By account of OWNED, shape (movements, 3).
    """

    customer: Ints
    date: Ints
    cents: Ints

    @classmethod
    def of(cls, movements: Movements) -> Deltas:
        """Those of movements in the account's own currency."""
        some = movements.take(np.flatnonzero(~movements.is_foreign))
        cents = np.stack(
            [
                some.amount * (CREDIT[some.kind] == account)
                - some.amount * (DEBIT[some.kind] == account)
                for account in OWNED
            ],
            axis=1,
        )
        return cls(some.customer, some.at // DAY, cents)


def start(
    _: SimulationConfig, population: Population
) -> Callable[[SourceBench, Deltas | None], None]:
    """A turn that states balances at the end of each day."""
    owned = np.zeros((len(population.kind), len(OWNED)), np.int64)
    waiting: list[Deltas] = []

    def turn(bench: SourceBench, deltas: Deltas | None) -> None:
        if deltas is not None:
            waiting.append(deltas)
        if not bench.unit.is_last_of_day:
            return
        today = bench.clock.day_start(bench.unit.day) // DAY
        moved = np.zeros(len(owned), np.bool_)
        for number, part in enumerate(waiting):
            due = part.date <= today
            np.add.at(owned, part.customer[due], part.cents[due])
            moved[part.customer[due]] = True
            rest = np.flatnonzero(~due)
            waiting[number] = Deltas(
                part.customer[rest], part.date[rest], part.cents[rest]
            )
        waiting[:] = [part for part in waiting if len(part.customer)]
        _state(bench, population, owned, np.flatnonzero(moved), today)

    return turn


def _state(
    bench: SourceBench, population: Population, owned: Ints, customer: Ints, date: int
) -> None:
    """Write the balances of the customers who moved money on a day."""
    ends_at = np.full(len(customer), (date + 1) * DAY)
    plan = bench.plan(ends_at + 10 * MINUTE)
    tester = population.is_test | (population.flag_day >= 0)
    struck = bench.planner.pick(np.flatnonzero(~tester[customer]), "wallet_breaks")
    owned[customer[struck], 0] += DRIFT
    home = population.jurisdiction[customer].astype(np.int64)
    day = pa.array(np.full(len(customer), date, np.int32)).view(pa.date32())
    ids = customer_ids(customer)
    bench.labels.append(
        labels_of(
            "cash_balance_differs",
            struck,
            customer[struck],
            ends_at[struck],
            is_fraud=False,
            item_type="break",
            item_id=ids.take(pa.array(struck)),
            currency_code=labels(CURRENCIES, home[struck]),
            amount=decimals(np.full(len(struck), DRIFT), AMOUNT),
        )
    )
    stated = owned[customer].copy()
    plan = bench.finish(BALANCES, plan)
    rows = plan.source
    columns = [
        ids.take(pa.array(rows)),
        day.take(pa.array(rows)),
        labels([place.code for place in JURISDICTIONS], home[rows]),
        labels(CURRENCIES, home[rows]),
        *(decimals(stated[rows, account], AMOUNT) for account in range(len(OWNED))),
        moments(ends_at[rows]),
        moments(plan.recorded_at),
    ]
    table = pa.Table.from_arrays(columns, schema=BALANCES.schema)
    bench.pack(BALANCES, plan, table)

"""The wallet: double-entry movements, and each customer's balance at the day's end."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import (
    decimals,
    labels,
    moments,
    numbered,
)
from orchestration.simulator.breaks import Break, break_some
from orchestration.simulator.feed import AMOUNT, MOMENT, Feed
from orchestration.simulator.feeds.wallet_balances import BALANCES, Deltas, start
from orchestration.simulator.labels import labels_of
from orchestration.simulator.movements import (
    ACCOUNTS,
    CREDIT,
    DEBIT,
    NAMES,
    REFERENCE,
    REFERENCES,
    Movements,
    movements_of,
)
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.population import customer_ids
from orchestration.simulator.source import BetsDrawn, Source
from orchestration.simulator.workbench import SourceBench
from orchestration.simulator.world import JURISDICTIONS

CURRENCIES = tuple(place.currency for place in JURISDICTIONS)
FOREIGN = "SEK"  # nobody's account

MOVEMENTS = Feed(
    source="wallet",
    table="wallet_movements",
    keys=("movement_id",),
    schema=pa.schema(
        [
            ("movement_id", pa.string()),
            ("customer_id", pa.string()),
            ("reference_type", pa.string()),
            ("reference_id", pa.string()),
            ("reference_version", pa.int32()),
            ("jurisdiction", pa.string()),
            ("currency_code", pa.string()),
            ("movement_kind", pa.string()),
            ("debit_account", pa.string()),
            ("credit_account", pa.string()),
            ("movement_amount", AMOUNT),
            ("posted_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    values={
        "reference_type": REFERENCES,
        "movement_kind": NAMES,
        "debit_account": ACCOUNTS,
        "credit_account": ACCOUNTS,
    },
    unsigned=("movement_amount",),
    facts=(
        "customer_id", "reference_id", "reference_version", "currency_code",
        "movement_kind", "movement_amount", "posted_at",
    ),
)  # fmt: skip


def move(bench: SourceBench, drawn: BetsDrawn) -> Deltas:
    """Write the movements that a unit's bets, payments and grants cause."""
    movements = movements_of(drawn)
    lag = bench.rng.integers(100, 3_000, len(movements))
    plan = bench.plan(movements.at + lag)
    movements, found = break_some(bench.planner, drawn, movements)
    extra = len(movements) - len(lag)
    if extra:
        more = bench.plan(movements.at[len(lag) :] + 500)
        more.source = more.source + len(lag)
        plan.extend(more)
    made = movements.amount[plan.source] > 0
    plan = plan.take(np.flatnonzero(made))
    _label(bench, drawn, movements, found)
    bench.correct(plan)
    plan = bench.finish(MOVEMENTS, plan)
    bench.pack(MOVEMENTS, plan, _table(drawn, movements, plan))
    return Deltas.of(movements)


def _table(drawn: BetsDrawn, movements: Movements, plan: Plan) -> pa.Table:
    some = movements.take(plan.source)
    home = drawn.population.jurisdiction[some.customer].astype(np.int64)
    # A mistaken row states ten times the amount; its correction the true one.
    stated = np.where(plan.content == WRONG, some.amount * 10, some.amount)
    currency = np.where(some.is_foreign, len(CURRENCIES), home)
    columns = [
        numbered(f"M{drawn.ids}", plan.source, 8),
        customer_ids(some.customer),
        labels(REFERENCES, REFERENCE[some.kind]),
        references(drawn, some),
        pa.array(some.version.astype(np.int32)),
        labels([place.code for place in JURISDICTIONS], home),
        labels([*CURRENCIES, FOREIGN], currency),
        labels(NAMES, some.kind),
        labels(ACCOUNTS, DEBIT[some.kind]),
        labels(ACCOUNTS, CREDIT[some.kind]),
        decimals(stated, AMOUNT),
        moments(some.at),
        moments(plan.recorded_at),
    ]
    return pa.Table.from_arrays(columns, schema=MOVEMENTS.schema)


def references(drawn: BetsDrawn, movements: Movements) -> pa.Array:
    """Ids of what movements belong to; an orphan's is of nothing."""
    kind = REFERENCE[movements.kind]
    heads = np.array(["B", "P", "N"])
    texts = np.char.add(heads[kind], drawn.ids)
    texts = np.where(movements.is_orphan, np.char.add("X", texts), texts)
    numbers = np.char.zfill(movements.reference.astype(str), 7)
    return pa.array(np.char.add(texts, numbers), pa.string())


def _label(
    bench: SourceBench, drawn: BetsDrawn, movements: Movements, found: list[Break]
) -> None:
    for number, fault in enumerate(found):
        struck = movements.take(fault.rows)
        home = drawn.population.jurisdiction[struck.customer].astype(np.int64)
        bench.labels.append(
            labels_of(
                fault.kind,
                number + np.arange(len(fault.rows)),
                struck.customer,
                struck.at,
                is_fraud=False,
                item_type="break",
                item_id=references(drawn, struck),
                currency_code=labels(CURRENCIES, home),
                amount=decimals(fault.amount, AMOUNT),
            )
        )


SOURCE = Source("wallet", (MOVEMENTS, BALANCES), on_bets=move, start=start)

"""Bonuses: the promotions, and each state of what was granted under them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import decimals, labels, moments
from orchestration.simulator.bets import PROMOTIONS
from orchestration.simulator.clock import DAY, MINUTE
from orchestration.simulator.feed import AMOUNT, MOMENT, Feed
from orchestration.simulator.plan import WRONG
from orchestration.simulator.population import customer_ids
from orchestration.simulator.source import BetsDrawn, CustomersDrawn, Source
from orchestration.simulator.workbench import SourceBench
from orchestration.simulator.world import JURISDICTIONS

KINDS = ("free_bet", "deposit_match", "loyalty")
STATUSES = ("active", "completed", "expired")
ACTIVE, COMPLETED, EXPIRED = range(3)

PROMOTION_LIST = Feed(
    source="bonuses",
    table="promotions",
    keys=("promotion_id",),
    schema=pa.schema(
        [
            ("promotion_id", pa.string()),
            ("promotion_name", pa.string()),
            ("promotion_kind", pa.string()),
            ("wagering_factor", pa.int32()),
            ("starts_at", MOMENT),
            ("ends_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"ends_at"}),
    values={"promotion_kind": KINDS},
)
STATES = Feed(
    source="bonuses",
    table="bonus_states",
    keys=("bonus_id", "state_version"),
    schema=pa.schema(
        [
            ("bonus_id", pa.string()),
            ("state_version", pa.int32()),
            ("customer_id", pa.string()),
            ("promotion_id", pa.string()),
            ("jurisdiction", pa.string()),
            ("currency_code", pa.string()),
            ("bonus_status", pa.string()),
            ("granted_amount", AMOUNT),
            ("wagering_required_amount", AMOUNT),
            ("wagered_amount", AMOUNT),
            ("granted_at", MOMENT),
            ("expires_at", MOMENT),
            ("state_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    values={"bonus_status": STATUSES},
    unsigned=("wagering_required_amount", "wagered_amount"),
    facts=("customer_id", "currency_code", "granted_amount"),
)


def announce(bench: SourceBench, _: CustomersDrawn) -> None:
    """The promotions, all of them known on the first day."""
    if bench.unit.day or not bench.is_first_of_day:
        return
    number = np.arange(len(PROMOTIONS))
    starts = np.full(len(number), bench.clock.start - 30 * DAY)
    plan = bench.finish(PROMOTION_LIST, bench.plan(starts + MINUTE))
    rows = plan.source
    columns = [
        PROMOTIONS.take(pa.array(rows)),
        labels(pa.array([f"Promotion {n + 1}" for n in number.tolist()]), rows),
        labels(KINDS, rows % len(KINDS)),
        pa.array(np.ones(len(rows), np.int32)),
        moments(starts[rows]),
        pa.nulls(len(rows), MOMENT),
        moments(plan.recorded_at),
    ]
    table = pa.Table.from_arrays(columns, schema=PROMOTION_LIST.schema)
    bench.pack(PROMOTION_LIST, plan, table)


def grant(bench: SourceBench, drawn: BetsDrawn) -> None:
    """Each grant as it was made, and as it ended: used up or expired."""
    grants = drawn.grants
    count = len(grants)
    bonus = np.r_[np.arange(count), np.arange(count)]
    version = np.r_[np.full(count, 1), np.full(count, 2)]
    ended = np.where(grants.is_used, COMPLETED, EXPIRED)
    status = np.r_[np.full(count, ACTIVE), ended]
    at = np.r_[grants.granted_at, grants.ended_at]
    plan = bench.plan(at + bench.rng.integers(300, 5_000, len(at)))
    bench.correct(plan)
    plan = bench.finish(STATES, plan)
    rows = plan.source
    bonus, version, status, at = (x[rows] for x in (bonus, version, status, at))
    customer, amount = grants.customer[bonus], grants.amount[bonus]
    home = drawn.population.jurisdiction[customer].astype(np.int64)
    # A mistaken row grants ten times as much; its correction states the truth.
    stated = np.where(plan.content == WRONG, amount * 10, amount)
    columns = [
        drawn.bonus_ids(bonus),
        pa.array(version.astype(np.int32)),
        customer_ids(customer),
        PROMOTIONS.take(pa.array(grants.promotion[bonus])),
        labels([place.code for place in JURISDICTIONS], home),
        labels([place.currency for place in JURISDICTIONS], home),
        labels(STATUSES, status),
        decimals(stated, AMOUNT),
        decimals(amount, AMOUNT),
        decimals(np.where(status == COMPLETED, amount, 0), AMOUNT),
        moments(grants.granted_at[bonus]),
        moments(grants.expires_at[bonus]),
        moments(at),
        moments(plan.recorded_at),
    ]
    bench.pack(STATES, plan, pa.Table.from_arrays(columns, schema=STATES.schema))


SOURCE = Source(
    "bonuses", (PROMOTION_LIST, STATES), on_customers=announce, on_bets=grant
)

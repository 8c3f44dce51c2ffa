"""Geolocation checks: every remote log-in under a US licence is located first."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import (
    decimals,
    labels,
    moments,
    numbered,
    quota,
    some,
)
from orchestration.simulator.bets import device_ids, ip_addresses
from orchestration.simulator.feed import MOMENT, Feed
from orchestration.simulator.plan import WRONG
from orchestration.simulator.population import customer_ids
from orchestration.simulator.source import BetsDrawn, Source
from orchestration.simulator.workbench import SourceBench
from orchestration.simulator.world import JURISDICTIONS

DEGREES = pa.decimal128(9, 5)
# Rough middle of each state in degrees; nobody lives exactly there.
MIDDLES = {"US-NJ": (40.20, -74.65), "US-NY": (42.95, -75.50)}
STATES = tuple(MIDDLES)
RESULTS = ("passed", "outside_area", "low_accuracy", "proxy_detected")
REFUSED_FIRST = 0.02  # of log-ins whose first check fails

CHECKS = Feed(
    source="geolocation",
    table="geolocation_checks",
    keys=("check_id",),
    schema=pa.schema(
        [
            ("check_id", pa.string()),
            ("session_id", pa.string()),
            ("customer_id", pa.string()),
            ("jurisdiction", pa.string()),
            ("result", pa.string()),
            ("device_id", pa.string()),
            ("ip_address", pa.string()),
            ("reviewer_note", pa.string()),
            ("accuracy_metres", pa.int32()),
            ("latitude", DEGREES),
            ("longitude", DEGREES),
            ("checked_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"device_id", "ip_address", "reviewer_note"}),
    values={"result": RESULTS},
    note="reviewer_note",
)


def check_log_ins(bench: SourceBench, drawn: BetsDrawn) -> None:
    """A check just before each log-in in a US state; a few need two."""
    sessions, rng = drawn.sessions, bench.rng
    codes = [place.code for place in JURISDICTIONS]
    here = np.isin(sessions.jurisdiction, [codes.index(state) for state in STATES])
    located = np.flatnonzero(here)
    refused = some(rng, len(located), quota(rng, len(located), REFUSED_FIRST))
    session = np.concatenate([located, located[refused]])
    result = np.zeros(len(session), np.int64)
    result[len(located) :] = rng.integers(1, len(RESULTS), len(refused))
    at = sessions.started_at[session] - np.where(result > 0, 45_000, 3_000)
    order = np.argsort(at, kind="stable")
    session, result, at = session[order], result[order], at[order]

    plan = bench.plan(at + rng.integers(100, 2_000, len(at)))
    bench.correct(plan)
    plan = bench.finish(CHECKS, plan)
    rows = plan.source
    session, result, at = session[rows], result[rows], at[rows]
    # A mistaken row gives the wrong result; its correction states the true one.
    stated = np.where(plan.content == WRONG, (result + 1) % len(RESULTS), result)
    customer = sessions.customer[session]
    home = sessions.jurisdiction[session]
    middle = np.array([MIDDLES.get(code, (0.0, 0.0)) for code in codes])[home]
    # Where a customer is depends on the customer and the session only.
    spread = np.stack([customer * 7_919 % 1_000, customer * 104_729 % 1_000], 1)
    near = np.stack([session * 31 % 100, session * 17 % 100], 1)
    degrees = np.round(middle * 1e5).astype(np.int64) + (spread - 500) * 40 + near
    columns = [
        numbered(f"G{drawn.ids}", rows, 7),
        numbered(f"L{drawn.ids}", session, 7),
        customer_ids(customer),
        labels(codes, home),
        labels(RESULTS, stated),
        device_ids(drawn.population, customer, sessions.channel[session]),
        ip_addresses(drawn.population, customer),
        pa.nulls(len(rows), pa.string()),
        pa.array((5 + session % 60 + 400 * (result == 2)).astype(np.int32)),
        decimals(degrees[:, 0], DEGREES),
        decimals(degrees[:, 1], DEGREES),
        moments(at),
        moments(plan.recorded_at),
    ]
    bench.pack(CHECKS, plan, pa.Table.from_arrays(columns, schema=CHECKS.schema))


SOURCE = Source("geolocation", (CHECKS,), on_bets=check_log_ins)

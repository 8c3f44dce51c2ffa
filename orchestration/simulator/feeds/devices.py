"""Device signals: which device logged in for whom, from where."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulator.arrays import (
    Ints,
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

AGENTS = ("ios_app", "android_app", "chrome", "firefox", "safari", "unknown")
OUTCOMES = ("succeeded", "failed")
FAILED_FIRST = 0.03  # of log-ins: the first try fails
NO_LOG_OUT = 0.4  # of sessions just end

LOG_INS = Feed(
    source="devices",
    table="log_ins",
    keys=("log_in_id",),
    schema=pa.schema(
        [
            ("log_in_id", pa.string()),
            ("session_id", pa.string()),
            ("customer_id", pa.string()),
            ("outcome", pa.string()),
            ("user_agent_class", pa.string()),
            ("device_id", pa.string()),
            ("device_fingerprint", pa.string()),
            ("ip_address", pa.string()),
            ("address_hash", pa.string()),
            ("logged_in_at", MOMENT),
            ("logged_out_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"address_hash", "logged_out_at"}),
    values={"outcome": OUTCOMES, "user_agent_class": AGENTS},
)


def log_in(bench: SourceBench, drawn: BetsDrawn) -> None:
    """A log-in for each session, sometimes after a failed try."""
    sessions, rng, people = drawn.sessions, bench.rng, drawn.population
    every = np.arange(len(sessions))
    failed = some(rng, len(every), quota(rng, len(every), FAILED_FIRST))
    session = np.concatenate([every, failed])
    has_failed = np.arange(len(session)) >= len(every)
    at = sessions.started_at[session] - np.where(has_failed, 12_000, 0)
    is_told = (rng.random(len(session)) >= NO_LOG_OUT) & ~has_failed
    plan = bench.plan(at + rng.integers(50, 1_500, len(at)))
    bench.correct(plan)
    plan = bench.finish(LOG_INS, plan)

    rows = plan.source
    session = session[rows]
    customer, channel = sessions.customer[session], sessions.channel[session]
    # The application logs in for its own channel; on the web it is a browser.
    agent = np.where(channel < 2, channel, 2 + people.devices(customer) % 3)
    agent = np.where(plan.content == WRONG, AGENTS.index("unknown"), agent)
    ended_at = moments(sessions.ended_at[session])
    device = people.devices(customer) * 3 + channel
    columns = [
        numbered(f"I{drawn.ids}", rows, 7),
        numbered(f"L{drawn.ids}", session, 7),
        customer_ids(customer),
        labels(OUTCOMES, has_failed[rows].astype(np.int64)),
        labels(AGENTS, agent),
        device_ids(people, customer, channel),
        _hashed("F", device),
        ip_addresses(people, customer),
        _hashed("A", people.homes(customer)),
        moments(at[rows]),
        pc.if_else(
            pa.array(is_told[rows]), ended_at, pa.scalar(None, pa.timestamp("us"))
        ),
        moments(plan.recorded_at),
    ]
    bench.pack(LOG_INS, plan, pa.Table.from_arrays(columns, schema=LOG_INS.schema))


def _hashed(prefix: str, numbers: Ints) -> pa.Array:
    """Texts that do not give away the number they stand for, one for each."""
    return numbered(prefix, numbers * 2_654_435_761 % 2**32, 10)


SOURCE = Source("devices", (LOG_INS,), on_bets=log_in)

"""Contacts with the service desk: opened one day, closed some hours later."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import labels, moments, numbered, quota, some
from orchestration.simulator.clock import DAY, HOUR, MINUTE
from orchestration.simulator.feed import MOMENT, Feed
from orchestration.simulator.feeds.writing import maybe, write_stages
from orchestration.simulator.plan import TRUE, Plan
from orchestration.simulator.population import customer_ids
from orchestration.simulator.source import CustomersDrawn, Source
from orchestration.simulator.workbench import SourceBench

CHANNELS = ("chat", "email", "phone")
PATIENCE = np.array([3 * MINUTE, 5 * HOUR, 2 * MINUTE])  # mean time to an answer
TOPICS = (
    "withdrawal", "bet_settlement", "bonus", "verification", "safer_gambling",
    "technical", "complaint",
)  # fmt: skip
TOPIC_SHARES = np.array([0.28, 0.24, 0.16, 0.12, 0.04, 0.12, 0.04])
TEXTS = (
    "Where is my withdrawal?", "My bet should have won.", "The bonus did not arrive.",
    "Which document do you need?", "I want to play less.", "The app does not open.",
    "This is a complaint.",
)  # fmt: skip
RATED = 0.4  # of contacts
CONTACTED = 0.005  # of customers, on a day

CONTACTS = Feed(
    source="support",
    table="contacts",
    keys=("contact_id",),
    schema=pa.schema(
        [
            ("contact_id", pa.string()),
            ("customer_id", pa.string()),
            ("channel", pa.string()),
            ("topic", pa.string()),
            ("message_text", pa.string()),
            ("satisfaction_score", pa.int32()),
            ("opened_at", MOMENT),
            ("first_response_at", MOMENT),
            ("closed_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset(
        {"message_text", "satisfaction_score", "first_response_at", "closed_at"}
    ),
    values={"channel": CHANNELS, "topic": TOPICS},
)


def contact(bench: SourceBench, drawn: CustomersDrawn) -> None:
    """A day's contacts: a row when opened, another when closed."""
    if not bench.is_first_of_day:
        return
    rng, active = bench.rng, drawn.population.registered_before(bench.unit.day)
    number = some(rng, active, quota(rng, active, CONTACTED, 1))
    count = len(number)
    opened = bench.clock.day_start(bench.unit.day) + rng.integers(0, DAY, count)
    channel = rng.integers(0, len(CHANNELS), count)
    topic = np.searchsorted(np.cumsum(TOPIC_SHARES)[:-1], rng.random(count))
    answered = (
        opened
        + 20_000
        + (PATIENCE[channel] * rng.exponential(1, count)).astype(np.int64)
    )
    closed = answered + rng.integers(2 * MINUTE, 20 * HOUR, count)
    score = np.clip(np.round(rng.normal(3.9, 1.1, count)), 1, 5).astype(np.int32)
    is_rated = rng.random(count) < RATED
    prefix = f"T{bench.unit.day:04d}-"

    def columns(plan: Plan) -> list[pa.Array]:
        rows, is_closed = plan.source, plan.content == TRUE
        return [
            numbered(prefix, rows, 7),
            customer_ids(number[rows]),
            labels(CHANNELS, channel[rows]),
            labels(TOPICS, topic[rows]),
            labels(TEXTS, topic[rows]),
            maybe(pa.array(score[rows]), is_closed & is_rated[rows]),
            moments(opened[rows]),
            maybe(moments(answered[rows]), is_closed),
            maybe(moments(closed[rows]), is_closed),
        ]

    everything = np.arange(count)
    stages = [(everything, opened + 1_000), (everything, closed + 1_000)]
    write_stages(bench, CONTACTS, stages, columns)


SOURCE = Source("support", (CONTACTS,), on_customers=contact)

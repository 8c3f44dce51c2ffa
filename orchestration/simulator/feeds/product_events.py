"""Sessions on the site and in the apps: pages seen, slips filled, bets placed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import (
    Ints,
    labels,
    moments,
    numbered,
    quota,
    some,
    spans,
)
from orchestration.simulator.bets import CHANNELS as BET_CHANNELS
from orchestration.simulator.bets import RETAIL, device_ids
from orchestration.simulator.clock import HOUR, MINUTE
from orchestration.simulator.feed import MOMENT, Feed
from orchestration.simulator.feeds.writing import write
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.population import customer_ids
from orchestration.simulator.source import BetsDrawn, Source
from orchestration.simulator.workbench import SourceBench

CHANNELS = BET_CHANNELS[:RETAIL]
TYPES = ("page_view", "slip_add", "slip_remove", "bet_placed")
VIEW, ADD, REMOVE, PLACED = range(4)
PAGES = ("home", "event")
VERSIONS = ("8.1.0", "8.2.0", "8.2.1", "9.0.0")
BROWSING = 0.25  # sessions without a bet for each one with bets
UNDECIDED = 0.6  # of them put something on the slip and take it off again
TIMEOUT = 30 * MINUTE  # after which the tracker takes a session to be over

EVENT = pa.struct(
    [
        ("event_no", pa.int32()),
        ("event_type", pa.string()),
        ("page", pa.string()),
        ("bet_id", pa.string()),
        ("occurred_at", MOMENT),
    ]
)
SESSIONS = Feed(
    source="product_events",
    table="sessions",
    keys=("session_id",),
    schema=pa.schema(
        [
            ("session_id", pa.string()),
            ("customer_id", pa.string()),
            ("channel", pa.string()),
            ("app_version", pa.string()),
            ("device_id", pa.string()),
            ("started_at", MOMENT),
            ("ended_at", MOMENT),
            ("events", pa.list_(EVENT)),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"device_id"}),
    values={"channel": CHANNELS},
    after={"ended_at": "started_at"},
)


def track(bench: SourceBench, drawn: BetsDrawn) -> None:
    """The sessions under which the unit's bets were placed, and some without a bet."""
    rng, sessions, slips = bench.rng, drawn.sessions, drawn.slips
    count = len(sessions)
    # Whoever bets has looked around some hours earlier.
    look = some(rng, count, quota(rng, count, BROWSING))
    began = sessions.started_at[look] - rng.integers(HOUR, 4 * HOUR, len(look))
    day_start = bench.clock.day_start(bench.unit.day)
    look, began = look[began > day_start], began[began > day_start]
    undecided = count + np.flatnonzero(rng.random(len(look)) < UNDECIDED)
    customer = np.concatenate([sessions.customer, sessions.customer[look]])
    channel = np.concatenate([sessions.channel, sessions.channel[look]])
    start = np.concatenate([sessions.started_at, began])
    length = rng.integers(5, 60, len(look)) * 4_000
    end = np.concatenate([sessions.ended_at, began + length])

    bet = np.flatnonzero(sessions.of_bet >= 0)
    of_bet, placed = sessions.of_bet[bet], slips.placed_at[bet]
    everything, half = np.arange(len(start)), (start[undecided] + end[undecided]) // 2
    session = np.concatenate([everything, of_bet, of_bet, of_bet, undecided, undecided])
    when = np.concatenate(
        [start, placed - 12_000, placed - 8_000, placed, half, end[undecided]]
    )
    kind = np.repeat(
        [VIEW, VIEW, ADD, PLACED, ADD, REMOVE],
        [len(start), len(bet), len(bet), len(bet), len(undecided), len(undecided)],
    )
    is_entry = np.arange(len(session)) < len(start)
    page = np.where(kind == VIEW, np.where(is_entry, 0, 1), -1)
    bets = np.full(len(session), -1)
    placed_here = slice(len(start) + 2 * len(bet), len(start) + 3 * len(bet))
    bets[placed_here] = bet
    order = np.lexsort((kind, when, session))
    story = _Events(
        *(part[order] for part in (session, kind, page, bets, when)),
        sessions=len(start),
        bet_ids=drawn.bet_ids(np.arange(len(slips))),
    )
    prefix, version = f"L{drawn.ids}", bench.unit.day % 5 + customer % 3
    version = np.minimum(version // 2, len(VERSIONS) - 1)

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        # A mistaken row names another version of the app.
        stated = (version[rows] + (plan.content == WRONG)) % len(VERSIONS)
        return [
            numbered(prefix, rows, 7),
            customer_ids(customer[rows]),
            labels(CHANNELS, channel[rows]),
            labels(VERSIONS, stated),
            device_ids(drawn.population, customer[rows], channel[rows]),
            moments(start[rows]),
            moments(end[rows]),
            story.of(rows),
        ]

    write(bench, SESSIONS, end + TIMEOUT, columns)


class _Events:
    """Events of all sessions, session by session in the order of time."""

    def __init__(
        self,
        session: Ints,
        kind: Ints,
        page: Ints,
        bet: Ints,
        when: Ints,
        *,
        sessions: int,
        bet_ids: pa.Array,
    ) -> None:
        self._kind, self._page, self._bet, self._when = kind, page, bet, when
        self._counts = np.bincount(session, minlength=sessions)
        self._first = np.cumsum(self._counts) - self._counts
        self._bet_ids = bet_ids

    def of(self, rows: Ints) -> pa.Array:
        """The events of some sessions, as a list for each."""
        counts = self._counts[rows]
        offsets, flat = spans(self._first[rows], counts)
        number = np.arange(len(flat)) - np.repeat(offsets[:-1], counts) + 1
        page, bet = self._page[flat], self._bet[flat]
        fields = [
            pa.array(number.astype(np.int32)),
            labels(TYPES, self._kind[flat]),
            pa.array(PAGES).take(pa.array(page, mask=page < 0)),
            self._bet_ids.take(pa.array(bet, mask=bet < 0)),
            moments(self._when[flat]),
        ]
        return pa.ListArray.from_arrays(
            pa.array(offsets), pa.StructArray.from_arrays(fields, fields=list(EVENT))
        )


SOURCE = Source("product_events", (SESSIONS,), on_bets=track)

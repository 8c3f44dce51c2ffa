"""The trading system's tables: what is on offer, at which price, and how it ended."""

from __future__ import annotations

import pyarrow as pa

from orchestration.simulator.feed import MOMENT, ODDS, Feed
from orchestration.simulator.fixtures import RESULTS
from orchestration.simulator.suspensions import REASONS

PRICE_KINDS = ("opening", "move", "closing", "in_play")
SOURCE = "trading"
TEXT, NOTE = pa.string(), "trader_note"

EVENTS = Feed(
    source=SOURCE,
    table="trading_events",
    keys=("event_id", "event_version"),
    schema=pa.schema(
        [
            ("event_id", TEXT),
            ("sport", TEXT),
            ("competition", TEXT),
            (NOTE, TEXT),
            ("event_version", pa.int32()),
            ("is_offered_in_play", pa.bool_()),
            ("starts_at", MOMENT),
            ("changed_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({NOTE}),
    note=NOTE,
)
MARKETS = Feed(
    source=SOURCE,
    table="trading_markets",
    keys=("market_id",),
    schema=pa.schema(
        [
            ("market_id", TEXT),
            ("event_id", TEXT),
            ("market_type", TEXT),
            (NOTE, TEXT),
            ("selection_count", pa.int32()),
            ("opened_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({NOTE}),
    note=NOTE,
)
SELECTIONS = Feed(
    source=SOURCE,
    table="trading_selections",
    keys=("selection_id",),
    schema=pa.schema(
        [
            ("selection_id", TEXT),
            ("market_id", TEXT),
            ("event_id", TEXT),
            ("selection_name", TEXT),
            (NOTE, TEXT),
            ("opened_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({NOTE}),
    note=NOTE,
)
PRICES = Feed(
    source=SOURCE,
    table="trading_prices",
    keys=("selection_id", "price_kind", "priced_at"),
    schema=pa.schema(
        [
            ("selection_id", TEXT),
            ("market_id", TEXT),
            ("price_kind", TEXT),
            (NOTE, TEXT),
            ("decimal_odds", ODDS),
            ("priced_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({NOTE}),
    values={"price_kind": PRICE_KINDS},
    note=NOTE,
)
RESULTS_FEED = Feed(
    source=SOURCE,
    table="trading_results",
    keys=("selection_id", "result_version"),
    schema=pa.schema(
        [
            ("selection_id", TEXT),
            ("market_id", TEXT),
            ("event_id", TEXT),
            ("result", TEXT),
            (NOTE, TEXT),
            ("result_version", pa.int32()),
            ("certainty", pa.int32()),
            ("void_factor", pa.decimal128(4, 3)),
            ("dead_heat_factor", pa.decimal128(6, 4)),
            ("resulted_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({NOTE}),
    values={"result": RESULTS},
    note=NOTE,
)
SUSPENSIONS = Feed(
    source=SOURCE,
    table="trading_suspensions",
    keys=("suspension_id",),
    schema=pa.schema(
        [
            ("suspension_id", TEXT),
            ("market_id", TEXT),
            ("event_id", TEXT),
            ("reason", TEXT),
            (NOTE, TEXT),
            ("suspended_at", MOMENT),
            ("resumed_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({NOTE, "resumed_at"}),
    values={"reason": REASONS},
    note=NOTE,
)
FEEDS = (EVENTS, MARKETS, SELECTIONS, PRICES, RESULTS_FEED, SUSPENSIONS)

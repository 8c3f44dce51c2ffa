"""What newly comes on offer on a business day, and how the trading system writes it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulator.arrays import Ints, labels, moments
from orchestration.simulator.card import HORIZON, SEASON, Card
from orchestration.simulator.clock import CUTOFF, DAY
from orchestration.simulator.feed import Feed
from orchestration.simulator.plan import Plan
from orchestration.simulator.suspensions import market_starts
from orchestration.simulator.workbench import SourceBench

MARKET = r"^(?P<sport>[a-z]+)\d*-\d{6}-(?P<number>\d{3})-(?P<type>[a-z-]+)$"


class Offer:
    """What comes on offer on a day.

    Attributes: card; opened_at of each of its events; first (selection) and size of
    each of its markets; market_of each of its selections; events, markets and
    selections, the positions of those that are new.
    """

    def __init__(self, card: Card, opens: int, day: int) -> None:
        midnight = opens - CUTOFF
        season = midnight - midnight % (SEASON * DAY)
        dated = card.start - card.start % DAY
        is_outright = dated > midnight + HORIZON * DAY
        is_new = (dated == midnight + HORIZON * DAY) | (
            is_outright & (season == midnight)
        )
        self.card = card
        self.opened_at = np.where(is_outright, season, dated - HORIZON * DAY) + CUTOFF
        self.events = np.flatnonzero(is_new | (day == 0))
        self.first = market_starts(card.market_names)
        self.size = np.diff(np.append(self.first, len(card.event)))
        self.market_of = np.repeat(np.arange(len(self.first)), self.size)
        is_here = np.isin(card.event, self.events)
        self.markets = np.flatnonzero(is_here[self.first])
        self.selections = np.flatnonzero(is_here)

    def event_ids(self, event: Ints) -> pa.Array:
        """Ids of events."""
        return labels(self.card.event_names, event)

    def market_ids(self, selection: Ints) -> pa.Array:
        """Ids of the markets of selections."""
        return labels(self.card.market_names, selection)

    def words(self, selection: Ints) -> pa.StructArray:
        """Sport, number and type in the names of the markets of selections."""
        return pc.extract_regex(self.market_ids(selection), MARKET)


def write(bench: SourceBench, feed: Feed, plan: Plan, columns: list[pa.Array]) -> None:
    """Write rows whose last column is the time of recording."""
    columns.append(moments(plan.recorded_at))
    bench.pack(feed, plan, pa.Table.from_arrays(columns, schema=feed.schema))


def notes(plan: Plan) -> pa.Array:
    """What traders remark on rows: nothing, until a file is sent again."""
    return pa.nulls(len(plan), pa.string())


def whole(numbers: Ints) -> pa.Array:
    """Whole numbers of 32 bits."""
    return pa.array(numbers.astype(np.int32))


def lag(bench: SourceBench, count: int) -> Ints:
    """Milliseconds until a row is written."""
    return bench.rng.integers(100, 2_000, count)

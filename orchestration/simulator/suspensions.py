"""When markets take no bets: as good as decided, the event begun, the event over.

This is what drawing bets goes by, read back from the shares in which bettors choose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Bools, Floats, Ints
from orchestration.simulator.clock import DAY
from orchestration.simulator.fixtures import BEFORE, LEADS, LIVE, PERIODS

REASONS = ("result_certain", "event_started", "event_ended")
CERTAIN, STARTED, ENDED = range(3)
NEVER = np.iinfo(np.int64).max
NOBODY = 1e-7  # share of an event's bets below which a market is closed


@dataclass(frozen=True)
class Suspensions:
    """Spans of time in which a market takes no bets, shape (suspensions,) each.

    Attributes:
        selection: First selection of the market.
        event: Its event.
        period: Price period in which it begins; PERIODS when the market has ended.
        begins_at: When it begins.
        ends_at: When the market takes bets again, or NEVER.
        reason: Position in REASONS.
    """

    selection: Ints
    event: Ints
    period: Ints
    begins_at: Ints
    ends_at: Ints
    reason: Ints


def period_starts(start: Ints, end: Ints) -> Ints:
    """When each price period of events begins, shape (events, PERIODS)."""
    before = start[:, None] - np.append(365 * DAY, LEADS)
    live = start[:, None] + (end - start)[:, None] * np.arange(LIVE) // LIVE
    return np.concatenate([before, live], axis=1)


def market_starts(names: pa.Array) -> Ints:
    """Position of the first selection of each market."""
    codes = names.dictionary_encode().indices.to_numpy()
    return np.flatnonzero(np.diff(codes, prepend=-1))


def suspensions_of(
    start: Ints, end: Ints, in_play: Bools, event: Ints, reach: Floats, first: Ints
) -> Suspensions:
    """All suspensions of markets.

    Args:
        start: Of each event, shape (events,).
        end: Of each event, shape (events,).
        in_play: Whether bets are taken after the start, shape (events,).
        event: Of each selection, shape (selections,).
        reach: As in `Fixtures`, shape (selections, PERIODS).
        first: First selection of each market, shape (markets,).
    """
    last = np.r_[first[1:], len(event)] - 1
    owner = event[first]
    below = np.where(
        np.r_[True, np.diff(owner) != 0][:, None], owner[:, None], reach[first - 1]
    )
    is_closed = reach[last] - below < NOBODY
    is_closed[:, BEFORE:] &= in_play[owner, None]
    edges = np.diff(is_closed.astype(np.int8), axis=1, prepend=0, append=0)
    market, begins = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    times = np.concatenate(
        [period_starts(start, end), np.full((len(start), 1), NEVER)], axis=1
    )
    # Whatever is still open closes for good when the event begins or ends.
    open_end = np.flatnonzero(~is_closed[:, -1])
    closes = np.where(in_play, end, start)[owner[open_end]]
    reason = np.where(in_play, ENDED, STARTED)[owner[open_end]]
    return Suspensions(
        selection=first[np.concatenate([market, open_end])],
        event=owner[np.concatenate([market, open_end])],
        period=np.concatenate([begins, np.full(len(open_end), PERIODS)]),
        begins_at=np.concatenate([times[owner[market], begins], closes]),
        ends_at=np.concatenate(
            [times[owner[market], ends], np.full(len(open_end), NEVER)]
        ),
        reason=np.concatenate([np.full(len(market), CERTAIN), reason]),
    )

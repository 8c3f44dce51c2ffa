"""The card: everything that can be bet on during one business day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.simulator.arrays import Bools, Floats, Ints
from orchestration.simulator.clock import CUTOFF, DAY, HOUR, MINUTE
from orchestration.simulator.fixtures import (
    BEFORE,
    LEADS,
    LIVE,
    PERIODS,
    fixtures_of,
    outrights_of,
)
from orchestration.simulator.world import JURISDICTIONS, SPIKE, demand

SLOT = 5 * MINUTE
SLOTS = DAY // SLOT
HORIZON = 3  # days ahead that fixtures are offered
SEASON = 28  # days between the openings of long-running competitions


@dataclass(frozen=True)
class Card:
    """Events and selections on offer, laid out as in `Fixtures`.

    Attributes:
        shelf: `reach` of one period after the other, each from its number times the
            number of events, shape (PERIODS x selections,).
        appeal: Running share of bettors that choose each event, shape (SLOTS, events).
        intensity: Relative betting of each jurisdiction, shape (SLOTS, 5).
        factor: Betting of the day against the mean of a week's days.
    """

    opens: int
    start: Ints
    end: Ints
    result_at: Ints
    in_play: Bools
    event_names: pa.Array
    event: Ints
    result: npt.NDArray[np.int8]
    prices: Floats
    shelf: Floats
    market_names: pa.Array
    selection_names: pa.Array
    appeal: Floats
    intensity: Floats
    factor: float

    @property
    def reach(self) -> Floats:
        """As in `Fixtures`, shape (selections, PERIODS)."""
        shelf = self.shelf.reshape(PERIODS, len(self.event)).T
        reach: Floats = shelf - np.arange(PERIODS) * float(len(self.start))
        return reach

    def period(self, event: Ints, placed_at: Ints) -> Ints:
        """Price period of events at moments; in play from BEFORE on."""
        start = self.start[event]
        lead = start - placed_at
        before = (lead[:, None] < LEADS).sum(axis=1)
        length = self.end[event] - start
        live = BEFORE + np.clip(-lead * LIVE // length, 0, LIVE - 1)
        return np.where(lead <= 0, live, before)

    def choose(self, event: Ints, period: Ints, draw: Floats) -> Ints:
        """The selection of each event at a draw from [0, 1)."""
        spot = period * len(self.start) + event + draw * (1 - 1e-9)
        found = np.searchsorted(self.shelf, spot, side="right")
        return found - period * len(self.event)


@lru_cache(maxsize=4)
def card_of(seed: int, opens: int) -> Card:
    """The card of the business day that begins at `opens` (02:00 UTC)."""
    midnight = opens - CUTOFF
    parts = [fixtures_of(seed, midnight + n * DAY) for n in range(-1, HORIZON + 1)]
    parts.append(outrights_of(seed, midnight - midnight % (SEASON * DAY)))
    first = np.cumsum([0] + [len(part.start) for part in parts])
    starts, ends, popularity, final, in_play = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("start", "end", "popularity", "is_final", "in_play")
    )
    slots = opens + np.arange(SLOTS) * SLOT
    lead = starts[None, :] - slots[:, None]
    before = (lead > 0) & (in_play | (lead >= SLOT))
    soon = np.exp(-lead.clip(0) / (9 * HOUR)) + 0.02
    weight = np.where(before, soon * np.where(lead < HOUR, 3.0, 1.0), 0.0)
    weight[in_play & (lead <= 0) & (ends[None, :] > slots[:, None] + SLOT)] = 2.0
    spike = final & (lead > -2 * SLOT) & (lead <= 2 * SLOT)
    weight *= popularity * np.where(spike, SPIKE, 1.0)
    appeal = np.cumsum(weight, axis=1)
    appeal /= appeal[:, -1:]
    rush = np.where(spike.any(axis=1), SPIKE, 1.0)
    usual = np.stack(
        [place.share * demand(slots, place.zone) for place in JURISDICTIONS], 1
    )
    reach = np.concatenate([p.reach + n for p, n in zip(parts, first, strict=False)])
    shelf: Floats = reach.T + np.arange(PERIODS)[:, None] * float(len(starts))
    return Card(
        opens=opens,
        start=starts,
        end=ends,
        result_at=np.concatenate([part.result_at for part in parts]),
        in_play=in_play,
        event_names=pa.concat_arrays([part.event_names for part in parts]),
        event=np.concatenate([p.event + n for p, n in zip(parts, first, strict=False)]),
        result=np.concatenate([part.result for part in parts]),
        prices=np.concatenate([part.prices for part in parts]),
        shelf=shelf.ravel(),
        market_names=pa.concat_arrays([part.market_names for part in parts]),
        selection_names=pa.concat_arrays([part.selection_names for part in parts]),
        appeal=appeal,
        intensity=usual * rush[:, None],
        factor=float(usual.sum() * SLOT / HOUR / _mean_day()),
    )


@cache
def _mean_day() -> float:
    """Mean over a week of the usual betting of a day, by the hour."""
    week = np.arange(7 * 24) * HOUR
    places = JURISDICTIONS
    return sum(float(p.share * demand(week, p.zone).sum()) for p in places) / 7

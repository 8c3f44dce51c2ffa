"""Fixtures of one date: events, markets, true results and prices over time.

Every market has states that exclude each other (home, draw, away; over, exactly,
under). One state is drawn from the margin-free probabilities. Prices move as the
posterior of an observer who sees that state through Gaussian noise: calibrated at every
moment, so the book earns its margin on bets struck before the start and in play alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.simulator.arrays import Bools, Floats, Ints, stream
from orchestration.simulator.clock import DAY, HOUR, MINUTE, to_datetime
from orchestration.simulator.sports import OUTRIGHTS, SPORTS, Market, Sport
from orchestration.simulator.world import weekday

RESULTS = ("lost", "won", "void", "push", "half_won", "half_lost", "dead_heat")
LOST, WON, VOID, PUSH, HALF_WON, HALF_LOST, DEAD_HEAT = range(7)
# Of each result: part that wins, part refunded, dead-heat factor.
WINS = np.array([0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0])
VOID_FACTOR = np.array([0.0, 0.0, 1.0, 1.0, 0.5, 0.5, 0.0])
DEAD_HEAT_FACTOR = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5])

LEADS = np.array([48, 24, 12, 4, 1]) * HOUR  # price periods before the start
BEFORE = len(LEADS) + 1
LIVE = 10  # price periods in play
PERIODS = BEFORE + LIVE
LEARNT = np.cumsum(np.r_[np.full(BEFORE, 0.015), np.full(LIVE, 0.3)])
SUREST = 1.03  # lowest price of a market that is not decided
ABANDONED_SHARE = 0.01
DEAD_HEAT_SHARE = 0.02


@dataclass(frozen=True)
class Fixtures:
    """Events of one date and everything that can be bet on in them.

    Per event, shape (events,): start, end, result_at (milliseconds), popularity,
    is_final, in_play (whether bets are taken after the start), names. Per selection,
    shape (selections,), in the order of events: event, result, names. Per selection
    and period, shape (selections, PERIODS): prices; reach, the running sum of the
    shares in which an event's bettors choose its selections, from the event's number
    to the next.
    """

    start: Ints
    end: Ints
    result_at: Ints
    popularity: Floats
    is_final: Bools
    in_play: Bools
    event_names: pa.Array
    event: Ints
    result: npt.NDArray[np.int8]
    prices: Floats
    reach: Floats
    market_names: pa.Array
    selection_names: pa.Array


@dataclass
class _Block:
    """Selections of one market in all events of one sport."""

    event: Ints
    rank: Ints
    result: Ints
    prices: Floats
    share: Floats
    market: list[str]
    selection: list[str]


@lru_cache(maxsize=16)
def fixtures_of(seed: int, midnight: int) -> Fixtures:
    """The fixtures that start on the date that begins at `midnight`."""
    return _draw(stream(seed, 1, midnight // DAY + 100_000), midnight, SPORTS)


@lru_cache(maxsize=4)
def outrights_of(seed: int, midnight: int) -> Fixtures:
    """Long-running competitions that open on the date that begins at `midnight`."""
    return _draw(stream(seed, 3, midnight // DAY + 100_000), midnight, (OUTRIGHTS,))


def _draw(
    rng: np.random.Generator, midnight: int, sports: tuple[Sport, ...]
) -> Fixtures:
    today = int(weekday(np.array([midnight]))[0])
    day = to_datetime(midnight).strftime("%y%m%d")
    columns: list[tuple[npt.NDArray[np.float64], ...]] = []
    blocks: list[_Block] = []
    names: list[str] = []
    for sport in sports:
        count = sport.events[today]
        first = len(names)
        names += [f"{sport.name}-{day}-{n:03d}" for n in range(count)]
        start = midnight + rng.choice(sport.slots, count) * 5 * MINUTE
        popularity = sport.popularity * rng.pareto(1.6, count) + 0.1
        final = np.zeros(count)
        if sport.has_final and today == 6:  # each Sunday evening
            start[0], popularity[0], final[0] = midnight + 19 * HOUR, 60.0, 1.0
        end = start + sport.minutes * MINUTE
        abandoned = rng.random(count) < ABANDONED_SHARE
        result_at = (
            end + rng.integers(MINUTE, 12 * MINUTE, count) + abandoned * 2 * HOUR
        )
        in_play = np.full(count, float(sport.in_play))
        columns.append((start, end, result_at, popularity, final, in_play))
        for rank, market in enumerate(sport.markets):
            blocks.append(_price(rng, market, rank, first, abandoned, names[first:]))
    start, end, result_at, popularity, final, in_play = (
        np.concatenate(column) for column in zip(*columns, strict=True)
    )
    return _assemble(
        blocks,
        start=start.astype(np.int64),
        end=end.astype(np.int64),
        result_at=result_at.astype(np.int64),
        popularity=popularity,
        is_final=final > 0,
        in_play=in_play > 0,
        event_names=pa.array(names, pa.string()),
    )


def _price(
    rng: np.random.Generator,
    market: Market,
    rank: int,
    first: int,
    abandoned: Bools,
    names: list[str],
) -> _Block:
    """Draw one market's truth and its prices in all events of a sport."""
    events, states, periods = len(names), len(market.strength), len(LEARNT)
    chance = rng.dirichlet(market.strength, events) * 0.97 + 0.03 / states
    chance /= chance.sum(axis=1, keepdims=True)
    truth = (rng.random((events, 1)) > np.cumsum(chance, axis=1)[:, :-1]).sum(axis=1)
    steps = np.diff(LEARNT, prepend=0.0)
    seen = np.cumsum(rng.standard_normal((events, states, periods)) * np.sqrt(steps), 2)
    seen[np.arange(events), truth] += LEARNT
    believed = chance[:, :, None] * np.exp(seen)
    believed /= believed.sum(axis=1, keepdims=True)

    middle = believed[:, market.middle] if market.middle is not None else 0.0
    offered = [s for s in range(states) if s != market.middle]
    margin = rng.uniform(*market.margin, (events, 1))
    result = np.full((events, len(offered)), LOST)
    prices = np.empty((events, len(offered), periods))
    for column, state in enumerate(offered):
        refund, win = market.refunds[column], market.half_wins[column]
        fair = (1 - refund * middle) / (believed[:, state] + win * middle)
        prices[:, column] = np.clip(fair / (1 + margin), 1.01, 500.0)
        result[truth == state, column] = WON
        if market.middle is not None:
            result[truth == market.middle, column] = market.middle_results[column]
    if market.dead_heats:
        tied = np.flatnonzero(rng.random(events) < DEAD_HEAT_SHARE)
        second = (truth[tied] + rng.integers(1, states, len(tied))) % states
        result[tied, truth[tied]] = DEAD_HEAT
        result[tied, second] = DEAD_HEAT
    result[abandoned] = VOID
    # Bettors follow the belief, which keeps the book balanced. A market that is as
    # good as decided is suspended (all but: an event must have something on offer).
    is_open = (prices > SUREST).all(axis=1, keepdims=True)
    share = market.weight * believed[:, offered] * np.where(is_open, 1.0, 1e-9)
    picks = [market.selections[column] for column in range(len(offered))]
    return _Block(
        event=np.repeat(np.arange(first, first + events), len(offered)),
        rank=np.full(events * len(offered), rank),
        result=result.ravel(),
        prices=np.round(prices.reshape(-1, periods), 2),
        share=share.reshape(-1, periods),
        market=[f"{name}-{market.name}" for name in names for _ in picks],
        selection=[f"{name}-{market.name}-{pick}" for name in names for pick in picks],
    )


def _assemble(blocks: list[_Block], **events: npt.NDArray[np.generic]) -> Fixtures:
    event = np.concatenate([block.event for block in blocks])
    rank = np.concatenate([block.rank for block in blocks])
    order = np.lexsort((rank, event))
    event = event[order]
    share = np.concatenate([block.share for block in blocks])[order]
    last = np.flatnonzero(np.diff(event, append=-1))
    share /= np.add.reduceat(share, np.r_[0, last[:-1] + 1])[event]
    reach = np.cumsum(share, axis=0)
    reach[last] = event[last, None] + 1.0  # without rounding: no event reaches another
    return Fixtures(
        event=event,
        result=np.concatenate([b.result for b in blocks])[order].astype(np.int8),
        prices=np.concatenate([b.prices for b in blocks])[order],
        reach=reach,
        market_names=pa.array([m for b in blocks for m in b.market]).take(order),
        selection_names=pa.array([s for b in blocks for s in b.selection]).take(order),
        **events,  # type: ignore[arg-type]
    )

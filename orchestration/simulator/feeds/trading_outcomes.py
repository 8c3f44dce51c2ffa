"""How what was on offer ends: results, and when markets take no bets."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulator.arrays import decimals, labels, moments
from orchestration.simulator.clock import HOUR, MINUTE
from orchestration.simulator.feeds.trading_feeds import RESULTS_FEED, SUSPENSIONS
from orchestration.simulator.feeds.trading_offer import Offer, lag, notes, whole, write
from orchestration.simulator.fixtures import (
    DEAD_HEAT_FACTOR,
    RESULTS,
    VOID_FACTOR,
)
from orchestration.simulator.suspensions import NEVER, REASONS, suspensions_of
from orchestration.simulator.workbench import SourceBench

STILL = 2  # content of a suspension's first row: it does not say when it will end
SCOUT_ERRS = 0.004  # of markets: the first result is another than the official one
OFFICIALS_ERR = 0.002  # of markets: the official result is changed


def write_results(bench: SourceBench, offer: Offer) -> None:
    """A scout's result at the end, the official one later; seldom they differ.

    The last version is always the one that bets are settled by.
    """
    rng, card, chosen = bench.rng, offer.card, offer.selections
    event, market = card.event[chosen], offer.market_of[chosen]
    fate = rng.random(len(offer.first))
    true = card.result[chosen].astype(np.int64)
    # Another result: that of the next selection of the market.
    is_last = chosen == (offer.first + offer.size - 1)[market]
    following = np.where(is_last, offer.first[market], chosen + 1)
    other = card.result[following].astype(np.int64)
    errs = fate < SCOUT_ERRS
    changed = (fate >= SCOUT_ERRS) & (fate < SCOUT_ERRS + OFFICIALS_ERR)
    official = card.result_at + rng.integers(10, 60, len(card.start)) * MINUTE
    final = official + rng.integers(2, 48, len(card.start)) * HOUR
    late = np.flatnonzero(changed[market])
    place = np.concatenate([np.arange(len(chosen)), np.arange(len(chosen)), late])
    version = np.repeat([1, 2, 3], [len(chosen), len(chosen), len(late)])
    result = np.concatenate(
        [
            np.where((errs | changed)[market], other, true),
            np.where(changed[market], other, true),
            true[late],
        ]
    )
    resulted_at = np.concatenate(
        [card.result_at[event], official[event], final[event[late]]]
    )
    plan = bench.finish(
        RESULTS_FEED, bench.plan(resulted_at + lag(bench, len(resulted_at)))
    )
    rows = plan.source
    selection, result = chosen[place[rows]], result[rows]
    columns = [
        labels(card.selection_names, selection),
        offer.market_ids(selection),
        offer.event_ids(card.event[selection]),
        labels(RESULTS, result),
        notes(plan),
        whole(version[rows]),
        whole(np.minimum(version[rows], 2)),
        decimals((VOID_FACTOR * 1_000)[result], pa.decimal128(4, 3)),
        decimals((DEAD_HEAT_FACTOR * 10_000)[result], pa.decimal128(6, 4)),
        moments(resulted_at[rows]),
    ]
    write(bench, RESULTS_FEED, plan, columns)


def write_suspensions(bench: SourceBench, offer: Offer) -> None:
    """Each suspension when it begins, and again when the market takes bets again."""
    card = offer.card
    halts = suspensions_of(
        card.start, card.end, card.in_play, card.event, card.reach, offer.first
    )
    here = np.flatnonzero(np.isin(halts.event, offer.events))
    selection, period = halts.selection[here], halts.period[here]
    begins_at = np.maximum(halts.begins_at[here], offer.opened_at[halts.event[here]])
    ends_at = halts.ends_at[here]
    resumes = np.flatnonzero(ends_at < NEVER)
    told_at = begins_at.copy()
    told_at[resumes] = ends_at[resumes]
    plan = bench.plan(told_at + lag(bench, len(told_at)))
    before = plan.take(resumes)
    before.recorded_at = begins_at[resumes] + lag(bench, len(resumes))
    before.delivery = bench.clock.delivery_of(before.recorded_at)
    before.content[:] = STILL
    plan.extend(before)
    plan = bench.finish(SUSPENSIONS, plan)
    rows = plan.source
    number = pa.array(period[rows]).cast(pa.string())
    is_over = (ends_at[rows] < NEVER) & (plan.content != STILL)
    resumed_at = moments(np.where(is_over, ends_at[rows], 0))
    columns = [
        pc.binary_join_element_wise(offer.market_ids(selection[rows]), number, "-s"),
        offer.market_ids(selection[rows]),
        offer.event_ids(card.event[selection[rows]]),
        labels(REASONS, halts.reason[here][rows]),
        notes(plan),
        moments(begins_at[rows]),
        pc.if_else(pa.array(is_over), resumed_at, pa.scalar(None, resumed_at.type)),
    ]
    write(bench, SUSPENSIONS, plan, columns)

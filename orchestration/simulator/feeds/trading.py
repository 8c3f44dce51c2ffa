"""The trading system: it opens what the card offers, and tells of it to the end.

Once a day, all that newly comes on offer is written from its opening to its official
result; rows of later days wait for their delivery.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulator.arrays import decimals, labels, moments, some
from orchestration.simulator.card import card_of
from orchestration.simulator.clock import HOUR, MINUTE
from orchestration.simulator.feed import ODDS
from orchestration.simulator.feeds.trading_feeds import (
    EVENTS,
    FEEDS,
    MARKETS,
    PRICE_KINDS,
    PRICES,
    SELECTIONS,
    SOURCE,
)
from orchestration.simulator.feeds.trading_offer import Offer, lag, notes, whole, write
from orchestration.simulator.feeds.trading_outcomes import (
    write_results,
    write_suspensions,
)
from orchestration.simulator.fixtures import (
    BEFORE,
)
from orchestration.simulator.plan import WRONG
from orchestration.simulator.source import CustomersDrawn, Source
from orchestration.simulator.suspensions import (
    period_starts,
)
from orchestration.simulator.workbench import SourceBench

RESCHEDULED = 0.04  # of events


def trade(bench: SourceBench, drawn: CustomersDrawn) -> None:
    """Write all that comes on offer on a business day."""
    del drawn
    if not bench.is_first_of_day:
        return
    opens = bench.clock.day_start(bench.unit.day)
    offer = Offer(card_of(bench.config.seed, opens), opens, bench.unit.day)
    _write_events(bench, offer)
    _write_markets(bench, offer)
    _write_selections(bench, offer)
    _write_prices(bench, offer)
    write_results(bench, offer)
    write_suspensions(bench, offer)


def _write_events(bench: SourceBench, offer: Offer) -> None:
    """Each event when it is set up; some are rescheduled a while before the start."""
    rng, card, events = bench.rng, offer.card, offer.events
    moved = some(rng, len(events), round(len(events) * RESCHEDULED))
    first = card.start[events]
    first[moved] += rng.choice([-60, -30, -15, 15, 30, 60, 120], len(moved)) * MINUTE
    opened_at = offer.opened_at[events]
    soonest = np.minimum(first[moved], card.start[events[moved]]) - 2 * HOUR
    share = rng.uniform(0.1, 0.9, len(moved))
    moved_at = opened_at[moved] + (share * (soonest - opened_at[moved])).astype(int)
    event = np.concatenate([events, events[moved]])
    version = np.repeat([1, 2], [len(events), len(moved)])
    starts_at = np.concatenate([first, card.start[events[moved]]])
    changed_at = np.concatenate([opened_at - 3 * HOUR, moved_at])

    plan = bench.finish(EVENTS, bench.plan(changed_at + lag(bench, len(changed_at))))
    rows = plan.source
    event = event[rows]
    words = offer.words(offer.first[np.searchsorted(card.event[offer.first], event)])
    sport = words.field("sport")
    league = pc.utf8_slice_codeunits(words.field("number"), 2, 3)
    columns = [
        offer.event_ids(event),
        sport,
        pc.binary_join_element_wise(sport, "league", league, "-"),
        notes(plan),
        whole(version[rows]),
        pa.array(card.in_play[event]),
        moments(starts_at[rows]),
        moments(changed_at[rows]),
    ]
    write(bench, EVENTS, plan, columns)


def _write_markets(bench: SourceBench, offer: Offer) -> None:
    market = offer.markets
    opened_at = offer.opened_at[offer.card.event[offer.first[market]]]
    recorded_at = opened_at - 2 * HOUR + lag(bench, len(market))
    plan = bench.finish(MARKETS, bench.plan(recorded_at))
    selection = offer.first[market[plan.source]]
    columns = [
        offer.market_ids(selection),
        offer.event_ids(offer.card.event[selection]),
        offer.words(selection).field("type"),
        notes(plan),
        whole(offer.size[market[plan.source]]),
        moments(opened_at[plan.source]),
    ]
    write(bench, MARKETS, plan, columns)


def _write_selections(bench: SourceBench, offer: Offer) -> None:
    opened_at = offer.opened_at[offer.card.event[offer.selections]]
    recorded_at = opened_at - 2 * HOUR + lag(bench, len(opened_at))
    plan = bench.finish(SELECTIONS, bench.plan(recorded_at))
    selection = offer.selections[plan.source]
    ids = labels(offer.card.selection_names, selection)
    markets = offer.market_ids(selection)
    columns = [
        ids,
        markets,
        offer.event_ids(offer.card.event[selection]),
        pc.replace_substring_regex(ids, r"^.*-\d{6}-\d{3}-[a-z]+-", ""),
        notes(plan),
        moments(opened_at[plan.source]),
    ]
    write(bench, SELECTIONS, plan, columns)


def _write_prices(bench: SourceBench, offer: Offer) -> None:
    """Opening, moves and closing price; in play one for each tenth of the event."""
    card = offer.card
    times = period_starts(card.start, card.end)
    times[:, 0] = offer.opened_at
    event = card.event[offer.selections]
    price = card.prices[offer.selections]
    has_moved = np.diff(price, axis=1, prepend=0.0) != 0
    has_moved[:, BEFORE:] &= card.in_play[event, None]
    has_moved[:, BEFORE] = card.in_play[event]
    place, period = np.nonzero(has_moved)
    kind = np.where(period == 0, 0, np.where(period < BEFORE, 1, 3))
    # The closing price is said once more, when the event begins.
    every = np.arange(len(offer.selections))
    priced_at = np.concatenate(
        [times[event, :][place[: len(period)], period], card.start[event]]
    )
    place = np.concatenate([place, every])
    period = np.concatenate([period, np.full(len(every), BEFORE - 1)])
    kind = np.concatenate([kind, np.full(len(every), 2)])

    plan = bench.plan(priced_at + lag(bench, len(priced_at)))
    bench.correct(plan)
    plan = bench.finish(PRICES, plan)
    rows = plan.source
    selection = offer.selections[place[rows]]
    odds = np.round(price[place[rows], period[rows]] * 10_000)
    columns = [
        labels(card.selection_names, selection),
        offer.market_ids(selection),
        labels(PRICE_KINDS, kind[rows]),
        notes(plan),
        # A mistaken row has its decimal point in the wrong place.
        decimals(np.where(plan.content == WRONG, odds * 10, odds), ODDS),
        moments(priced_at[rows]),
    ]
    write(bench, PRICES, plan, columns)


TRADING = Source(SOURCE, FEEDS, on_customers=trade)

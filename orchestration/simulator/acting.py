"""The cast's accounts and bets in the form of everybody's, and their labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from orchestration.simulator.arrays import Ints, decimals, labels, stream
from orchestration.simulator.bets import RETAIL, WEB, details_of
from orchestration.simulator.betting import place
from orchestration.simulator.card import Card, card_of
from orchestration.simulator.cast import NAMES, ROLES, Cast
from orchestration.simulator.clock import DAY
from orchestration.simulator.feed import AMOUNT
from orchestration.simulator.fixtures import BEFORE
from orchestration.simulator.labels import labels_of
from orchestration.simulator.plots import acts_of
from orchestration.simulator.population import Population
from orchestration.simulator.profiles import registrations
from orchestration.simulator.registering import register
from orchestration.simulator.slips import Slips
from orchestration.simulator.source import BetsDrawn, CustomersDrawn
from orchestration.simulator.stage import Acts
from orchestration.simulator.workbench import Workbench
from orchestration.simulator.world import JURISDICTIONS

CURRENCIES = tuple(place.currency for place in JURISDICTIONS)


def act_on_day(
    bench: Workbench, population: Population
) -> BetsDrawn | CustomersDrawn | None:
    """Let the cast register or bet, and write it; None if nobody does."""
    unit, clock, cast = bench.unit, bench.clock, population.cast
    opens = clock.day_start(unit.day)
    if not unit.bets:
        joined_on = np.maximum((cast.joined_at - clock.start) // DAY, 0)
        rows = np.flatnonzero(cast.is_on & (joined_on == unit.day))
        _label_accounts(bench, cast, rows)
        group = registrations(clock, population, cast.first + rows)
        return register(bench, population, [group]) if len(rows) else None
    rng = stream(bench.config.seed, 12, unit.day)
    acts = acts_of(bench.config, population, unit.day, opens)
    if not len(acts):
        return None
    recorded_at = acts.placed_at + 200
    recorded_at += rng.gamma(2.0, 600.0, len(acts)).astype(np.int64)
    order = np.argsort(recorded_at, kind="stable")
    acts, card = acts.take(order), card_of(bench.config.seed, opens)
    slips = _slips(card, cast, acts, recorded_at[order])
    channel, promotion = details_of(slips, bench.config.seed)
    channel = np.where(channel == RETAIL, WEB, channel)  # nobody shows their face
    drawn = place(bench, population, slips, channel, promotion)
    _label_bets(bench, cast, acts, drawn)
    return drawn


def _slips(card: Card, cast: Cast, acts: Acts, recorded_at: Ints) -> Slips:
    count = len(acts)
    ones, zeros = np.ones(count, np.int64), np.zeros(count, np.int64)
    slips = Slips(
        card, cast.first + acts.account, cast.jurisdiction[acts.account],
        cast.kind[acts.account], acts.placed_at, recorded_at, np.arange(count), ones,
        zeros, ones, acts.stake, acts.bonus, np.zeros(count), acts.stake,
        acts.selection, card.prices[acts.selection, acts.period],
        acts.period >= BEFORE,
    )  # fmt: skip
    slips = replace(slips, odds=np.round(slips.returns(slips.leg_odds), 4))
    return replace(slips, potential=slips.payout(np.arange(count), slips.odds))


def _label_accounts(bench: Workbench, cast: Cast, rows: Ints) -> None:
    for number, role in enumerate(ROLES):
        mine = rows[cast.role[rows] == number]
        bench.labels.append(
            labels_of(
                role.plot,
                cast.group[mine],
                cast.first + mine,
                cast.joined_at[mine],
                is_fraud=role.is_fraud,
            )
        )


def _label_bets(bench: Workbench, cast: Cast, acts: Acts, drawn: BetsDrawn) -> None:
    markets = drawn.slips.card.market_names
    for number, plot in enumerate(NAMES):
        mine = np.flatnonzero(acts.plot == number)
        account = acts.account[mine]
        bench.labels.append(
            labels_of(
                plot,
                cast.group[account],
                cast.first + account,
                acts.placed_at[mine],
                item_type="bet",
                item_id=drawn.bet_ids(mine),
                market_id=labels(markets, acts.selection[mine]),
                currency_code=labels(CURRENCIES, cast.jurisdiction[account]),
                amount=decimals(acts.stake[mine], AMOUNT),
            )
        )

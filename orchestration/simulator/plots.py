"""What the cast does on a business day: the bets of every plot, and ordinary ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from orchestration.simulator.arrays import stream
from orchestration.simulator.card import card_of
from orchestration.simulator.cast import NAMES
from orchestration.simulator.clock import HOUR, MINUTE
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.fixtures import WON
from orchestration.simulator.population import Population
from orchestration.simulator.stage import CLOSING, Acts, Stage

SECOND = 1_000
ORDINARY = -1  # plot of a bet that belongs to none


def _ordinary(stage: Stage) -> Acts:
    """A bet or two before the start, as anybody's: on what most people fancy."""
    account = stage.each(0, 2)
    selection, _, since, until = stage.spots(0.0)
    pick = stage.rng.integers(0, len(selection), len(account))
    placed_at = stage.rng.integers(since[pick], until[pick])
    stake = 50 * stage.rng.integers(4, 60, len(account))
    return stage.acts(account, placed_at, selection[pick], stake)


def _ring(stage: Stage) -> Acts:
    """Members of a ring take both sides of a market with their bonuses."""
    cast, rng = stage.cast, stage.rng
    meets = rng.random(int(cast.group.max()) + 1) < 0.6
    account = stage.present[meets[cast.group[stage.present]]]
    two = np.flatnonzero(stage.size == 2)
    start = stage.card.start[stage.card.event[stage.first[two]]]
    at = stage.card.opens + rng.integers(8 * HOUR, 14 * HOUR, len(meets))
    later = two[start > stage.card.opens + 16 * HOUR]
    market = rng.choice(later, len(meets))
    group = cast.group[account]
    side = np.arange(len(account)) % 2
    placed_at = at[group] + rng.integers(0, 15 * MINUTE, len(account))
    stake = np.full(len(account), 2_500)
    acts = stage.acts(account, placed_at, stage.first[market[group]] + side, stake)
    acts.bonus = stake.copy()
    return acts


def _bonus(stage: Stage) -> Acts:
    """The largest bonus stake on a market of low margin, then nothing for days."""
    account = stage.present[stage.rng.random(len(stage.present)) < 0.5]
    selection, _, since, until = stage.spots(0.0)
    price = stage.card.prices[selection, CLOSING]
    small = stage.size[np.searchsorted(stage.first, selection, side="right") - 1] == 2
    even = np.flatnonzero((price > 1.8) & (price < 2.4) & small)
    pick = stage.rng.choice(even, len(account))
    placed_at = stage.rng.integers(since[pick], until[pick])
    stake = np.full(len(account), 5_000)
    acts = stage.acts(account, placed_at, selection[pick], stake)
    acts.bonus = stake.copy()
    return acts


def _arbitrage(stage: Stage) -> Acts:
    """Odd stakes on prices that will have fallen by the start."""
    account = stage.each(3, 6)
    selection, _, since, until = stage.spots(1.06)
    pick = stage.rng.integers(0, len(selection), len(account))
    placed_at = stage.rng.integers(since[pick], until[pick])
    stake = 100 * stage.rng.integers(90, 420, len(account))
    stake += stage.rng.integers(1, 99, len(account))
    return stage.acts(account, placed_at, selection[pick], stake)


def _courtsiding(stage: Stage) -> Acts:
    """In-play bets on what is about to be certain, seconds before the suspension."""
    account = stage.each(2, 5)
    rows, selection, before = stage.decided()
    worth = np.flatnonzero(stage.card.prices[selection, before] > 1.15)
    pick = stage.rng.choice(worth, len(account)) if len(worth) else worth
    account = account[: len(pick)]
    ahead = stage.rng.integers(2 * SECOND, 9 * SECOND, len(account))
    placed_at = stage.suspensions.begins_at[rows[pick]] - ahead
    stake = 100 * stage.rng.integers(50, 250, len(account))
    return stage.acts(account, placed_at, selection[pick], stake)


def _late(stage: Stage) -> Acts:
    """Bets at a stale price: on a suspended market, or on a result that is known."""
    rng, card = stage.rng, stage.card
    account = stage.each(1, 2)
    rows, selection, stale = stage.decided()
    result_at = card.result_at[card.event]
    over = np.flatnonzero(
        (card.result == WON)
        & card.in_play[card.event]
        & (card.prices[:, -1] > 1.1)
        & (result_at > card.opens + HOUR)
        & (result_at < card.opens + 23 * HOUR)
    )
    if not len(rows) or not len(over):
        return stage.acts(*(account[:0],) * 4)
    pick = rng.integers(0, len(rows), len(account))
    known = rng.choice(over, len(account))
    is_known = (np.arange(len(account)) + stage.day) % 2 == 0
    since = np.where(
        is_known, result_at[known] + MINUTE, stage.suspensions.begins_at[rows[pick]]
    )
    acts = stage.acts(
        account,
        since + rng.integers(5 * SECOND, 60 * SECOND, len(account)),
        np.where(is_known, known, selection[pick]),
        100 * rng.integers(20, 120, len(account)),
    )
    acts.period = np.where(is_known, acts.period, stale[pick])
    return acts


def _fixed(stage: Stage) -> Acts:
    """New accounts pour money on one outsider of a small event, which then wins."""
    cast, card, rng = stage.cast, stage.card, stage.rng
    here = stage.present[cast.day[stage.present] == stage.day]
    account = np.repeat(here, rng.integers(2, 5, len(here)))
    start = card.start[card.event]
    good = np.flatnonzero(
        (card.result == WON)
        & (card.prices[:, CLOSING] > 2.2)
        & (card.prices[:, CLOSING] < 6)
        & (start > card.opens + 11 * HOUR)
        & (start < card.opens + 21 * HOUR)
    )
    if not len(good):
        return stage.acts(*(account[:0],) * 4)
    chosen = rng.choice(good, int(cast.group.max()) + 1)[cast.group[account]]
    placed_at = start[chosen] - rng.integers(5 * MINUTE, 3 * HOUR, len(account))
    return stage.acts(
        account, placed_at, chosen, 1_000 * rng.integers(15, 60, len(account))
    )


def _minimal(stage: Stage) -> Acts:
    """The smallest bet that looks like play, on the group's day only."""
    account = stage.present[stage.cast.day[stage.present] == stage.day]
    selection, _, since, until = stage.spots(0.0)
    pick = stage.rng.integers(0, len(selection), len(account))
    placed_at = stage.rng.integers(since[pick], until[pick])
    return stage.acts(account, placed_at, selection[pick], np.full(len(account), 100))


def _velocity(stage: Stage) -> Acts:
    """Scores of small bets within minutes."""
    here = stage.present[stage.cast.day[stage.present] == stage.day]
    account = np.repeat(here, 70)
    selection, _, since, until = stage.spots(0.0)
    noon = stage.card.opens + 12 * HOUR
    now = np.flatnonzero((since < noon) & (until > noon + 15 * MINUTE))
    pick = stage.rng.choice(now, len(account)) if len(now) else now
    account = account[: len(pick)]
    placed_at = noon + stage.rng.integers(0, 8 * MINUTE, len(account))
    return stage.acts(
        account,
        placed_at,
        selection[pick],
        50 * stage.rng.integers(2, 20, len(account)),
    )


SCRIPTS: dict[str, Callable[[Stage], Acts]] = {
    "multi_account_rings": _ring,
    "households": _ordinary,
    "bonus_abuse": _bonus,
    "arbitrage": _arbitrage,
    "courtsiding": _courtsiding,
    "match_fixing": _fixed,
    "minimal_play": _minimal,
    "velocity": _velocity,
    "late_bets": _late,
}


def acts_of(
    config: SimulationConfig, population: Population, day: int, opens: int
) -> Acts:
    """All bets of the cast on a business day, in the order of their time.

    Every account but those of minimal play also bets as ordinary customers do.
    """
    cast, card = population.cast, card_of(config.seed, opens)
    parts = []
    for number, plot in enumerate(NAMES):
        scripts = [SCRIPTS[plot], _ordinary]
        for turn, script in enumerate(scripts[: 1 if plot == "minimal_play" else 2]):
            rng = stream(config.seed, 11, day, number, turn)
            present = cast.playing(plot)
            present = present[cast.joined_at[present] < opens + 7 * HOUR]
            acts = script(Stage(rng, card, day, cast, present))
            is_plot = script is not _ordinary
            acts.plot = np.full(len(acts), number if is_plot else ORDINARY)
            parts.append(acts)
    whole = Acts(
        *(
            np.concatenate([getattr(acts, name) for acts in parts])
            for name in vars(parts[0])
        )
    )
    is_member = whole.placed_at > cast.joined_at[whole.account] + HOUR
    whole = whole.take(is_member)
    return whole.take(np.argsort(whole.placed_at, kind="stable"))

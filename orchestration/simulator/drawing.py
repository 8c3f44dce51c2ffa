"""Drawing betting slips: who bets when, on what, and how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from orchestration.simulator.arrays import Ints, stream
from orchestration.simulator.card import SLOT, SLOTS, Card, card_of
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.fixtures import BEFORE
from orchestration.simulator.population import GROUPS, Population
from orchestration.simulator.slips import LINES, MOST_SYSTEM_LEGS, Slips
from orchestration.simulator.units import Unit
from orchestration.simulator.world import JURISDICTIONS, KINDS

LEG_SHARES = np.array([0.40, 0.25, 0.15, 0.10, 0.06, 0.02, 0.02])  # of 2, 3, … legs
SYSTEM_SHARE = 0.12


def draw_slips(
    config: SimulationConfig, population: Population, unit: Unit, opens: int
) -> Slips:
    """Draw a unit's bets; its business day begins at `opens`."""
    count = unit.bets
    rng = stream(config.seed, 4, unit.day, unit.chunk)
    card = card_of(config.seed, opens)
    slot, group, recorded_at, customer = when_and_who(rng, card, population, unit)
    jurisdiction, kind = group // len(KINDS), group % len(KINDS)
    lag = rng.gamma(2.0, 600.0, count).astype(np.int64) + 200
    placed_at = recorded_at - lag

    wanted, system = _legs_wanted(rng, kind)
    bet, event = _choose(rng, card, slot, wanted)
    legs = np.bincount(bet, minlength=count)
    first_leg = np.cumsum(legs) - legs
    period = card.period(event, placed_at[bet])
    selection = card.choose(event, period, rng.random(len(event)))
    leg_odds, in_play = card.prices[selection, period], period >= BEFORE
    fewest = np.where((legs >= 3) & (legs <= MOST_SYSTEM_LEGS), system, 0)
    lines = np.where(fewest > 0, LINES[legs, fewest], 1)

    stake, bonus = _stakes(rng, kind, lines)
    slips = Slips(
        card, customer, jurisdiction, kind, placed_at, recorded_at, first_leg, legs,
        fewest, lines, stake, bonus, np.zeros(count), stake, selection, leg_odds,
        in_play,
    )  # fmt: skip
    slips = replace(slips, odds=np.round(slips.returns(leg_odds), 4))
    return replace(slips, potential=slips.payout(np.arange(count), slips.odds))


def when_and_who(
    rng: np.random.Generator, card: Card, population: Population, unit: Unit
) -> tuple[Ints, Ints, Ints, Ints]:
    """Slot, customer group, recording time and customer of a unit's bets.

    What a unit's stream gives first, so that it can be had without the rest.
    """
    active = population.active(unit.day)
    slot, group, recorded_at = _when(rng, card, active, unit.bets)
    return slot, group, recorded_at, _who(rng, population, unit.day, group)


def _when(
    rng: np.random.Generator, card: Card, active: Ints, count: int
) -> tuple[Ints, Ints, Ints]:
    """Slot, customer group and recording time of each bet, ordered by time."""
    shares = np.array([kind.bet_share for kind in KINDS])
    shares = np.where(active.reshape(len(JURISDICTIONS), -1) > 0, shares, 0.0)
    cells = (card.intensity[:, :, None] * shares[None]).ravel()
    counts = rng.multinomial(count, cells / cells.sum())
    cell = np.repeat(np.arange(len(cells)), counts)
    offset = rng.integers(0, SLOT, count)
    recorded_at = card.opens + cell // GROUPS * SLOT + offset
    order = np.argsort(recorded_at, kind="stable")
    cell = cell[order]
    return cell // GROUPS, cell % GROUPS, recorded_at[order]


def _who(
    rng: np.random.Generator, population: Population, day: int, group: Ints
) -> Ints:
    """A customer of each group; some bet much more than others."""
    active = population.active(day)
    place = (rng.random(len(group)) ** 1.7 * active[group]).astype(np.int64)
    who: Ints = population.members[population.bounds[group] + place].astype(np.int64)
    return who


def _legs_wanted(rng: np.random.Generator, kind: Ints) -> tuple[Ints, Ints]:
    count = len(kind)
    single = np.array([k.single_share for k in KINDS])[kind]
    many = np.searchsorted(np.cumsum(LEG_SHARES)[:-1], rng.random(count)) + 2
    wanted = np.where(rng.random(count) < single, 1, many)
    system = np.where(rng.random(count) < SYSTEM_SHARE, rng.integers(1, 3, count), 0)
    return wanted, system


def _choose(
    rng: np.random.Generator, card: Card, slot: Ints, wanted: Ints
) -> tuple[Ints, Ints]:
    """Bet and event of each leg: events that are popular at the time.

    A bet's legs are drawn from equally wide strata, so an event meets itself only in
    neighbours; a slip that names an event again keeps its first mention.
    """
    bet = np.repeat(np.arange(len(wanted)), wanted)
    place = np.arange(len(bet)) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    stratum = (place + rng.random(len(bet))) / wanted[bet]
    events = card.appeal.shape[1]
    shelf = (card.appeal + np.arange(SLOTS)[:, None]).ravel()
    event = np.searchsorted(shelf, slot[bet] + stratum * (1 - 1e-9), side="right")
    event -= slot[bet] * events
    fresh = np.ones(len(bet), np.bool_)
    fresh[1:] = (event[1:] != event[:-1]) | (bet[1:] != bet[:-1])
    return bet[fresh], event[fresh]


def _stakes(rng: np.random.Generator, kind: Ints, lines: Ints) -> tuple[Ints, Ints]:
    """Whole stakes and the parts of them paid from bonus money, in cents."""
    count = len(kind)
    median = np.array([k.median_stake for k in KINDS])[kind]
    spread = np.array([k.stake_spread for k in KINDS])[kind]
    cents = 100 * median * np.exp(spread * rng.standard_normal(count))
    # Most people stake round amounts; sharps stake what their model says.
    step = np.array([50, 50, 500, 1, 100])[kind]
    stake = np.maximum(np.round(cents / step), 1).astype(np.int64) * step
    per_line = np.maximum(stake // lines, 10)
    stake = np.where(lines > 1, per_line * lines, stake)
    chance = np.array([k.bonus_share for k in KINDS])[kind]
    draw = rng.random(count)
    bonus = np.where(draw < chance, stake, 0)
    return stake, np.where(draw < chance * 0.3, stake // 2, bonus)

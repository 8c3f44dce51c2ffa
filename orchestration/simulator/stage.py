"""The stage of the cast: a business day, what is on offer, and bets on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from orchestration.simulator.arrays import Bools, Ints
from orchestration.simulator.card import Card
from orchestration.simulator.cast import Cast
from orchestration.simulator.clock import DAY, HOUR, MINUTE
from orchestration.simulator.fixtures import BEFORE, LEADS
from orchestration.simulator.suspensions import (
    CERTAIN,
    Suspensions,
    market_starts,
    suspensions_of,
)

CLOSING = BEFORE - 1  # price period that ends with the start


@dataclass
class Acts:
    """Single bets, shape (bets,) each.

    Attributes: plot (position in cast.NAMES or ORDINARY), account (position in the
    cast), placed_at, selection, period (of the price), stake, bonus (cents).
    """

    plot: Ints
    account: Ints
    placed_at: Ints
    selection: Ints
    period: Ints
    stake: Ints
    bonus: Ints

    def __len__(self) -> int:
        return len(self.plot)

    def take(self, rows: Ints | Bools) -> Acts:
        """Some of the bets."""
        return Acts(**{name: column[rows] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Stage:
    """A business day: what is on offer, and who is there.

    Attributes:
        rng: Of one plot on one day.
        card: The day's card.
        day: Business day from 0.
        cast: All accounts.
        present: Accounts that play the plot and joined before noon.
    """

    rng: np.random.Generator
    card: Card
    day: int
    cast: Cast
    present: Ints

    @cached_property
    def first(self) -> Ints:
        """First selection of each market."""
        return market_starts(self.card.market_names)

    @cached_property
    def size(self) -> Ints:
        """Number of selections of each market."""
        return np.diff(np.append(self.first, len(self.card.event)))

    @cached_property
    def suspensions(self) -> Suspensions:
        """Suspensions of everything on the card."""
        card = self.card
        return suspensions_of(
            card.start, card.end, card.in_play, card.event, card.reach, self.first
        )

    def spots(self, least: float) -> tuple[Ints, Ints, Ints, Ints]:
        """Selections whose price falls by a factor of `least` or more by the start.

        Returns:
            Selection, period, and the span of time of that price within the day.
        """
        card = self.card
        falls = card.prices[:, :CLOSING] / card.prices[:, CLOSING, None] >= least
        fair = (card.prices[:, :CLOSING] > 1.3) & (card.prices[:, :CLOSING] < 8)
        selection, period = np.nonzero(falls & fair)
        start = card.start[card.event[selection]]
        since = start - np.append(90 * DAY, LEADS)[period]
        until = start - LEADS[period]
        since = np.maximum(since, card.opens + HOUR)
        until = np.minimum(until, card.opens + 20 * HOUR)
        fits = until - since > 10 * MINUTE
        return selection[fits], period[fits], since[fits], until[fits]

    def acts(
        self, account: Ints, placed_at: Ints, selection: Ints, stake: Ints
    ) -> Acts:
        """Bets at the price of their moment, with cash."""
        period = self.card.period(self.card.event[selection], placed_at)
        none = np.zeros(len(account), np.int64)
        return Acts(none, account, placed_at, selection, period, stake, none.copy())

    def each(self, least: int, most: int) -> Ints:
        """The accounts present, each a few times."""
        return np.repeat(
            self.present, self.rng.integers(least, most + 1, len(self.present))
        )

    def decided(self) -> tuple[Ints, Ints, Ints]:
        """Moments of the day at which a market became certain in play.

        Returns:
            Position in the suspensions, the selection that became certain, and the
            price period before.
        """
        halts, card = self.suspensions, self.card
        rows = np.flatnonzero(
            (halts.reason == CERTAIN)
            & (halts.period > BEFORE)
            & (halts.begins_at > card.opens + HOUR)
            & (halts.begins_at < card.opens + 23 * HOUR)
        )
        size = self.size[np.searchsorted(self.first, halts.selection[rows])]
        places = halts.selection[rows, None] + np.arange(20)
        inside = np.arange(20) < size[:, None]
        period = halts.period[rows]
        price = np.where(
            inside,
            card.prices[np.where(inside, places, 0), period[:, None]],
            np.inf,
        )
        return rows, halts.selection[rows] + price.argmin(axis=1), period - 1

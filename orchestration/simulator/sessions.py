"""Log-ins: what a customer does on one device without a longer pause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.simulator.arrays import Ints
from orchestration.simulator.bets import RETAIL
from orchestration.simulator.clock import MINUTE
from orchestration.simulator.slips import Slips

PAUSE = 30 * MINUTE  # longer than this, and the customer has to log in again


@dataclass(frozen=True)
class Sessions:
    """Log-ins of a unit's remote bets.

    Attributes:
        customer: Who, shape (sessions,).
        channel: Position in bets.CHANNELS, never retail, shape (sessions,).
        jurisdiction: Position in JURISDICTIONS, shape (sessions,).
        started_at: Log-in, before the first bet, shape (sessions,).
        ended_at: A while after the last bet, shape (sessions,).
        of_bet: The session of each bet, -1 for bets over the counter, shape (bets,).
    """

    customer: Ints
    channel: Ints
    jurisdiction: Ints
    started_at: Ints
    ended_at: Ints
    of_bet: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.customer)


def sessions_of(rng: np.random.Generator, slips: Slips, channel: Ints) -> Sessions:
    """Log-ins of a unit's bets."""
    remote = np.flatnonzero(channel != RETAIL)
    order = remote[
        np.lexsort((slips.placed_at[remote], channel[remote], slips.customer[remote]))
    ]
    customer, when = slips.customer[order], slips.placed_at[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (
        (np.diff(customer) != 0)
        | (np.diff(channel[order]) != 0)
        | (np.diff(when) > PAUSE)
    )
    first = np.flatnonzero(is_first)
    last = np.r_[first[1:], len(order)][: len(first)] - 1
    of_bet = np.full(len(slips), -1)
    of_bet[order] = np.cumsum(is_first) - 1
    before = 15_000 + rng.gamma(1.5, 2.0 * MINUTE, len(first)).astype(np.int64)
    after = rng.gamma(1.5, 3.0 * MINUTE, len(first)).astype(np.int64)
    return Sessions(
        customer=customer[first],
        channel=channel[order][first],
        jurisdiction=slips.jurisdiction[order][first],
        started_at=when[first] - before,
        ended_at=when[last] + after,
        of_bet=of_bet,
    )

"""What a source system beside the core ones is: its feeds and when it writes rows.

A system sees the world that the core feeds tell of: every unit of work is drawn once
and shown to each system, with a bench of its own to write on. What it draws depends on
the seed, the system's name and the unit only, so systems do not disturb each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy.typing as npt
import pyarrow as pa

from orchestration.simulator.arrays import Ints, numbered, stream
from orchestration.simulator.cashier import Grants, Payments, grants_of, payments_of
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.feed import Feed
from orchestration.simulator.population import Population
from orchestration.simulator.profiles import Statements
from orchestration.simulator.sessions import Sessions, sessions_of
from orchestration.simulator.settling import Versions
from orchestration.simulator.slips import Slips
from orchestration.simulator.workbench import SourceBench


@dataclass(frozen=True)
class BetsDrawn:
    """A unit's bets as they happened, before any of their rows went wrong.

    Attributes:
        population: All customers.
        slips: The bets, in the order of recorded_at.
        versions: All settlements they will ever have, resettlements included; those
            that are recorded after the end are never delivered.
        channel: Position in bets.CHANNELS, shape (bets,).
        promotion: Position in bets.PROMOTIONS, -1 for none, shape (bets,).
        ids: What the unit's bet ids (after `B`) and settlement ids (after `S`) begin
            with.
        seed: Of the simulation.
    """

    population: Population
    slips: Slips
    versions: Versions
    channel: Ints
    promotion: Ints
    ids: str
    seed: int

    def bet_ids(self, rows: npt.NDArray[Any]) -> pa.Array:
        """Ids of bets by their positions in the slips."""
        return numbered(f"B{self.ids}", rows, 7)

    @cached_property
    def sessions(self) -> Sessions:
        """Log-ins under which the bets were placed, the same for every system."""
        rng = stream(self.seed, 9, int(self.slips.recorded_at[0]))
        return sessions_of(rng, self.slips, self.channel)

    @cached_property
    def payments(self) -> Payments:
        """Deposits and withdrawals around the bets, the same for every system."""
        rng = stream(self.seed, 14, int(self.slips.recorded_at[0]))
        return payments_of(rng, self.population, self.slips, self.versions)

    @cached_property
    def grants(self) -> Grants:
        """Bonus grants that the bets use, and idle ones, the same for every system."""
        rng = stream(self.seed, 15, int(self.slips.recorded_at[0]))
        return grants_of(rng, self.slips, self.promotion)

    def payment_ids(self, rows: npt.NDArray[Any]) -> pa.Array:
        """Ids of payments by their positions."""
        return numbered(f"P{self.ids}", rows, 7)

    def bonus_ids(self, rows: npt.NDArray[Any]) -> pa.Array:
        """Ids of bonus grants by their positions."""
        return numbered(f"N{self.ids}", rows, 7)


@dataclass(frozen=True)
class CustomersDrawn:
    """A unit's profiles: registrations, then (in the day's first unit) changes."""

    population: Population
    statements: Statements


OnBets = Callable[[SourceBench, BetsDrawn], Any]
OnCustomers = Callable[[SourceBench, CustomersDrawn], Any]
Turn = Callable[[SourceBench, Any], None]


@dataclass(frozen=True)
class Source:
    """A source system.

    Attributes:
        name: E.g. `wallet`.
        feeds: Its tables.
        on_customers: Writes what belongs to a unit of profiles; the day's first such
            unit (`bench.is_first_of_day`) is also the place for what comes once a day.
        on_bets: Writes what belongs to a unit of bets. Both run side by side with
            other units, in any order.
        start: Makes what takes each unit in turn, in the order of time, with what
            `on_customers` or `on_bets` returned for it: the place for a state that
            lives on from day to day.
    """

    name: str
    feeds: tuple[Feed, ...]
    on_customers: OnCustomers | None = None
    on_bets: OnBets | None = None
    start: Callable[[SimulationConfig, Population], Turn] | None = None

"""What is stated again, and what that takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from orchestration.backfill.posted import POSTED, Posted


@dataclass(frozen=True)
class Window:
    """What is stated again.

    Attributes:
        first: First day (UTC) of bets placed and movements posted; taxes know none.
        last: Last day.
        models: Names of posted relations, keys of `POSTED`.
        known_at: Moment from which the differences are known, naive UTC.
        reason: Why.
    """

    first: date
    last: date
    models: tuple[str, ...]
    known_at: datetime
    reason: str = ""

    @property
    def relations(self) -> list[Posted]:
        """In the order in which they depend on each other."""
        return [POSTED[name] for name in POSTED if name in self.models]

    @property
    def kinds(self) -> set[str]:
        """What its rows are."""
        return {p.slice_of for p in self.relations if p.slice_of}


@dataclass(frozen=True)
class Cost:
    """What a backfill takes.

    Attributes:
        rows: Bets placed and movements posted in the window.
        days: Those that have any (UTC).
        estimated_seconds: None when nothing is to go by.
        seconds: Measured; None before.
        cpu_seconds: Of this machine.
    """

    rows: int
    days: Sequence[date]
    estimated_seconds: float | None
    seconds: float | None = None
    cpu_seconds: float | None = None

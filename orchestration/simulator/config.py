"""What to simulate: the size of the operator, its dates and its kinds of dirt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

# Shares of the rows that a kind could strike (of settlements, bets, profiles, …).
STORY_RATES: Mapping[str, float] = MappingProxyType(
    {
        "late_settlements": 0.03,
        "resettlements": 0.01,
        "rollbacks": 0.008,
        "out_of_order_versions": 0.3,
        "settlements_before_bet": 0.004,
        "settlements_without_bet": 0.001,
        "bet_corrections": 0.005,
        "settlement_corrections": 0.005,
        "profile_corrections": 0.05,
        "profile_changes": 0.004,
        "late_test_flags": 0.004,
        "duplicate_rows_in_file": 0.003,
        "duplicate_rows_across_files": 0.004,
    }
)
# Shares of rows that one value spoils; ingestion refuses the row.
BAD_ROW_RATES: Mapping[str, float] = MappingProxyType(
    {
        "null_values": 0.0004,
        "blank_keys": 0.0002,
        "unknown_values": 0.0003,
        "malformed_currencies": 0.0002,
        "amounts_out_of_range": 0.0004,
        "odds_below_one": 0.0002,
        "counts_below_one": 0.0002,
        "absurd_timestamps": 0.0003,
        "overlong_ids": 0.0002,
        "overlong_texts": 0.0002,
        "nul_characters": 0.0002,
        "invalid_utf8": 0.0002,
        "payouts_without_stake": 0.0003,
        "rollbacks_with_amounts": 0.0002,
        "bonus_above_stake": 0.0002,
        "bets_without_legs": 0.0002,
    }
)
# Shares of days on which a small file of the kind is delivered.
FILE_RATES: Mapping[str, float] = MappingProxyType(
    {
        # the whole file is refused
        "text_instead_of_parquet": 0.25,
        "truncated_files": 0.25,
        "zero_byte_files": 0.25,
        "missing_columns": 0.25,
        "amounts_as_text": 0.25,
        "timestamps_as_text": 0.25,
        # only some of the file's rows are refused
        "four_decimals": 0.25,
        "not_a_number": 0.25,
        # the whole file is fine
        "empty_files": 0.25,
        "extra_columns": 0.25,
        "other_integer_widths": 0.25,
        "narrower_decimals": 0.25,
        "millisecond_timestamps": 0.25,
        "nanosecond_timestamps": 0.25,
        # rows that came before
        "duplicate_files": 0.5,
        "resent_files": 0.5,
    }
)
# Shares of the rows of feeds beside the core ones.
FEED_RATES: Mapping[str, float] = MappingProxyType(
    {"late_rows": 0.01, "feed_corrections": 0.005}
)
# Shares of the rows in which a system errs for good; labels tell of these, not faults.
LABEL_RATES: Mapping[str, float] = MappingProxyType({"wallet_breaks": 0.0001})
RATES: Mapping[str, float] = MappingProxyType(
    {**STORY_RATES, **BAD_ROW_RATES, **FILE_RATES, **FEED_RATES, **LABEL_RATES}
)
KINDS: tuple[str, ...] = tuple(kind for kind in RATES if kind not in LABEL_RATES)


@dataclass(frozen=True, eq=False)
class Dirt:
    """Switches, one for each kind of dirt.

    Attributes:
        rates: The share of rows or days that a kind strikes; a kind that is not in it
            never does. A kind that can strike does so at least every few days, however
            small the simulation.
    """

    rates: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist and a share that is none."""
        for kind, rate in self.rates.items():
            _check_kind(kind)
            if not 0 <= rate <= 1:
                msg = f"rate of {kind} must lie in [0, 1], not {rate}"
                raise ValueError(msg)

    @classmethod
    def all(cls) -> Dirt:
        """Every kind at its usual rate."""
        return cls(RATES)

    @classmethod
    def none(cls) -> Dirt:
        """A clean operator."""
        return cls({})

    @classmethod
    def only(cls, *kinds: str) -> Dirt:
        """Just these kinds, at their usual rates."""
        for kind in kinds:
            _check_kind(kind)
        return cls({kind: RATES[kind] for kind in kinds})

    def without(self, *kinds: str) -> Dirt:
        """Without these kinds."""
        for kind in kinds:
            _check_kind(kind)
        return Dirt({kind: r for kind, r in self.rates.items() if kind not in kinds})

    def rate(self, kind: str) -> float:
        """The share of rows or days that the kind strikes, 0 when switched off."""
        _check_kind(kind)
        return self.rates.get(kind, 0.0)


def _check_kind(kind: str) -> None:
    if kind not in RATES:
        msg = f"no dirt is called {kind!r}; choose from {', '.join(RATES)}"
        raise ValueError(msg)


# What the cast can be up to; cast.ROLES says who and how.
PLOTS = (
    "multi_account_rings",
    "households",
    "bonus_abuse",
    "arbitrage",
    "courtsiding",
    "match_fixing",
    "minimal_play",
    "velocity",
    "late_bets",
)
CORE: frozenset[str] = frozenset()  # no source system beside betting and customers


@dataclass(frozen=True, kw_only=True)
class SimulationConfig:
    """The size and dates of a simulation.

    Attributes:
        seed: The same seed and configuration give the same bytes.
        first_date: UTC date of the first bets.
        days: Number of days on which bets are placed.
        bets_per_day: Mean over a week.
        customers: Number of customers at the end.
        dirt: What goes wrong.
        deliveries_per_day: A day's files come in so many deliveries, evenly spaced,
            the last of them at 02:00 UTC of the next day.
        sources: Source systems that deliver beside betting and customers; None is all,
            CORE is none. Their choice changes nothing in the others' files.
        plots: Plots that a cast of its own acts out (see cast.ROLES), in files of their
            own; None is all, or none with CORE.
    """

    seed: int = 7
    first_date: date = date(2026, 1, 5)
    days: int = 14
    bets_per_day: int = 20_000
    customers: int = 5_000
    dirt: Dirt = field(default_factory=Dirt.all)
    deliveries_per_day: int = 1
    sources: frozenset[str] | None = None
    plots: frozenset[str] | None = None

    def __post_init__(self) -> None:
        """Refuse sizes that make no simulation."""
        for name in ("days", "bets_per_day", "customers", "deliveries_per_day"):
            if getattr(self, name) < 1:
                msg = f"{name} must be at least 1, not {getattr(self, name)}"
                raise ValueError(msg)
        if self.seed < 0:
            msg = f"seed must not be negative, not {self.seed}"
            raise ValueError(msg)
        unknown = (self.plots or frozenset()) - {*PLOTS}
        if unknown:
            msg = f"no plot is called {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        if 24 * 60 % self.deliveries_per_day:
            msg = "deliveries_per_day must divide a day into whole minutes"
            raise ValueError(msg)

    def plays(self, plot: str) -> bool:
        """Whether a plot is acted out."""
        if self.plots is None:
            return self.sources != CORE
        return plot in self.plots

    @property
    def deliveries(self) -> int:
        """Number of deliveries in all."""
        return self.days * self.deliveries_per_day

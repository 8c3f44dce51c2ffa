"""Constants of the simulated operator: jurisdictions, customers' kinds, seasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulator.arrays import Floats, Ints
from orchestration.simulator.clock import DAY, HOUR, local


@dataclass(frozen=True)
class Jurisdiction:
    """A licence, its money and its clock."""

    code: str
    country: str
    currency: str
    zone: str
    share: float  # of customers


JURISDICTIONS = (
    Jurisdiction("GB", "GB", "GBP", "Europe/London", 0.35),
    Jurisdiction("ES", "ES", "EUR", "Europe/Madrid", 0.20),
    Jurisdiction("NL", "NL", "EUR", "Europe/Amsterdam", 0.15),
    Jurisdiction("US-NJ", "US", "USD", "America/New_York", 0.15),
    Jurisdiction("US-NY", "US", "USD", "America/New_York", 0.15),
)
ZONES = {place.code: place.zone for place in JURISDICTIONS}


@dataclass(frozen=True)
class CustomerKind:
    """How one kind of customer bets."""

    name: str
    customer_share: float
    bet_share: float
    median_stake: float  # major units
    stake_spread: float  # sigma of the logarithm
    single_share: float
    bonus_share: float
    tier: str


KINDS = (
    CustomerKind("casual", 0.70, 0.30, 5, 0.8, 0.62, 0.03, "none"),
    CustomerKind("regular", 0.22, 0.40, 12, 0.9, 0.70, 0.04, "bronze"),
    CustomerKind("vip", 0.02, 0.10, 120, 0.9, 0.80, 0.05, "gold"),
    CustomerKind("sharp", 0.02, 0.08, 80, 0.7, 0.97, 0.00, "none"),
    CustomerKind("bonus_hunter", 0.04, 0.12, 20, 0.5, 0.90, 0.35, "none"),
)
SHARP = 3

# Share of a day's bets by local hour, and of a week's by local weekday from Monday.
HOURLY = np.array(
    [
        *(14, 8, 5, 3, 2, 2, 4, 8, 14, 20, 28, 38),
        *(50, 55, 58, 60, 60, 66, 80, 96, 100, 86, 54, 28),
    ],
    np.float64,
)
WEEKDAY = np.array([0.75, 0.85, 0.95, 0.85, 1.05, 1.40, 1.15])
SPIKE = 20.0  # times the usual betting in the minutes around a final's start


def weekday(moments: Ints) -> Ints:
    """Day of the week from Monday = 0; the first of January 1970 was a Thursday."""
    return (moments // DAY + 3) % 7


def demand(moments: Ints, zone: str) -> Floats:
    """Usual betting at each moment, by the local hour and weekday."""
    wall = local(moments, zone)
    usual: Floats = HOURLY[(wall % DAY) // HOUR] * WEEKDAY[weekday(wall)]
    return usual

"""Days, deliveries and local time. Moments are whole milliseconds UTC since 1970."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from orchestration.simulator.arrays import Ints
from orchestration.simulator.config import SimulationConfig

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
CUTOFF = 2 * HOUR  # a business day begins and a delivery is made at 02:00 UTC


def milliseconds(day: date) -> int:
    """Midnight UTC of a date."""
    return (day - date(1970, 1, 1)).days * DAY


def to_datetime(moment: int) -> datetime:
    """A moment as a datetime without zone, in UTC."""
    return datetime(1970, 1, 1) + timedelta(milliseconds=int(moment))


Number = TypeVar("Number", int, Ints)


class Clock:
    """The dates and deliveries of one simulation."""

    def __init__(self, config: SimulationConfig) -> None:
        self.start = milliseconds(config.first_date) + CUTOFF
        self.step = DAY // config.deliveries_per_day
        self.deliveries = config.deliveries
        self.deliveries_per_day = config.deliveries_per_day

    def day_start(self, day: int) -> int:
        """When business day `day` begins; day 0 is the first."""
        return self.start + day * DAY

    def delivered_at(self, delivery: Number) -> Number:
        """When deliveries (1, 2, …) are made."""
        return self.start + delivery * self.step

    def delivery_of(self, recorded_at: Ints) -> Ints:
        """The first delivery after each moment; beyond the last means never."""
        return np.maximum((recorded_at - self.start) // self.step + 1, 1)

    def days_last_delivery(self, day: int) -> int:
        """The last delivery that carries rows recorded on a business day."""
        return (day + 1) * self.deliveries_per_day


@cache
def _offset_in_hour(zone: str, hour: int) -> int:
    moment = datetime.fromtimestamp(hour * 3600, UTC).astimezone(ZoneInfo(zone))
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() * 1000)


def local(moments: Ints, zone: str) -> Ints:
    """Moments as the zone's wall clock shows them, in milliseconds.

    Clocks of the simulated jurisdictions change at whole UTC hours.
    """
    hours, positions = np.unique(moments // HOUR, return_inverse=True)
    offsets = np.array([_offset_in_hour(zone, int(h)) for h in hours], np.int64)
    return moments + offsets[positions]

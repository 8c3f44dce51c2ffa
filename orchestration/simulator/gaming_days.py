"""Gaming days of moments, by the local calendar of the licence."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from orchestration.simulator.world import ZONES

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000


def gaming_day(moment: int, jurisdiction: str) -> int:
    """Local calendar day (days since 1970) of a moment (microseconds since 1970)."""
    offset = _offset(ZONES[jurisdiction], moment // HOUR_US)
    return (moment + offset) // DAY_US


@cache
def _offset(zone: str, hour: int) -> int:
    moment = datetime.fromtimestamp(hour * 3600, UTC).astimezone(ZoneInfo(zone))
    offset = moment.utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)

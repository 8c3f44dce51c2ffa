"""Periods that a report can be filed for: a day, a month or a quarter."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.errors import WarehouseError

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-[Qq]([1-4])")


@dataclass(frozen=True)
class Period:
    """Some gaming days in a row.

    Attributes:
        text: Its name, e.g. `2026-01-05`, `2026-01` or `2026-Q1`.
        kind: `day`, `month` or `quarter`.
        first: First gaming day.
        last: Last gaming day.
    """

    text: str
    kind: str
    first: date
    last: date


def period_of(text: str) -> Period:
    """The period that a text names.

    Raises:
        WarehouseError: It names none.
    """
    try:
        if found := _QUARTER.fullmatch(text):
            year, quarter = int(found[1]), int(found[2])
            first = date(year, 3 * quarter - 2, 1)
            return Period(f"{year}-Q{quarter}", "quarter", first, _end(first, 3))
        if found := _MONTH.fullmatch(text):
            first = date(int(found[1]), int(found[2]), 1)
            return Period(text, "month", first, _end(first, 1))
        day = date.fromisoformat(text)
    except ValueError:
        raise WarehouseError(
            f"{text!r} is no period.",
            "Give a day (2026-01-05), a month (2026-01) or a quarter (2026-Q1).",
            exit_code=2,
        ) from None
    return Period(day.isoformat(), "day", day, day)


def _end(first: date, months: int) -> date:
    """Last day of so many months."""
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1) - timedelta(days=1)

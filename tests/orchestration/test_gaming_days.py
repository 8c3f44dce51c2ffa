"""Gaming days begin and end at local midnight, in every zone and on every day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb
import jinja2
import pytest

from orchestration.seeds import read_seed
from orchestration.settings import PROJECT_DIR

ZONES = sorted({row["time_zone"] for row in read_seed("jurisdictions")})
MACRO = (PROJECT_DIR / "macros/cross_db/local_date.sql").read_text()


@pytest.mark.parametrize("zone", ZONES)
def test_a_gaming_day_ends_at_local_midnight_also_when_clocks_change(zone: str) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(2 * 365)]
    midnights = [
        datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for day in days
    ]
    lengths = {b - a for a, b in pairwise(midnights)}
    assert lengths == {timedelta(hours=hours) for hours in (23, 24, 25)}
    local_date = jinja2.Template(MACRO).module.local_date("happened_at", "time_zone")  # type: ignore[attr-defined]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for moments, expected in (
            (midnights, days),
            (
                [midnight - timedelta(microseconds=1) for midnight in midnights],
                [day - timedelta(days=1) for day in days],
            ),
        ):
            query = f"""
                select {local_date} from (
                    select unnest(?::timestamp[]) as happened_at, ? as time_zone
                )
            """
            naive = [moment.replace(tzinfo=None) for moment in moments]
            found = connection.execute(query, [naive, zone]).fetchall()
            assert [row[0] for row in found] == expected

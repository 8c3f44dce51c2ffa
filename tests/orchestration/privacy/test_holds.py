"""What the law has us keep of whom, and until when."""

from collections.abc import Iterator
from datetime import date, datetime

import duckdb
import pytest

from orchestration.privacy import subjects as persons
from orchestration.privacy.holds import Hold, holds_of
from orchestration.privacy.subjects import Subject

TODAY = date(2026, 11, 25)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Customers by jurisdiction and, in their names, when their account was closed."""
    with duckdb.connect() as opened:
        opened.execute("attach ':memory:' as old")
        opened.execute("create schema old.raw")
        opened.execute(
            "create table old.raw.customers__customer_profiles (customer_id varchar, "
            "jurisdiction varchar, account_status varchar, updated_at timestamp, "
            "revision integer)"
        )
        rows = [
            ("gb-open", "GB", "active", datetime(2019, 1, 1)),
            ("gb-2021-06", "GB", "active", datetime(2019, 1, 1)),
            ("gb-2021-06", "GB", "closed", datetime(2021, 6, 1)),
            ("gb-2019", "GB", "closed", datetime(2019, 1, 1)),
            ("it-open", "IT", "active", datetime(2019, 1, 1)),
            ("leap", "FR", "closed", datetime(2024, 2, 29)),
        ]
        for row in rows:
            insert = (
                "insert into old.raw.customers__customer_profiles values (?,?,?,?,1)"
            )
            opened.execute(insert, row)
        names = {name for name, *_ in rows}
        persons.declare(
            opened, [Subject(n, f"erased-{n}", n, "objection") for n in names]
        )
        yield opened


def held(connection: duckdb.DuckDBPyConnection, today: date) -> dict[str, list[Hold]]:
    found: dict[str, list[Hold]] = {}
    for hold in sorted(holds_of(connection, today)):
        found.setdefault(hold.customer_id, []).append(hold)
    return found


def test_holds_count_from_the_end_of_the_relationship(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    found = held(connection, TODAY)
    assert {h.record_kind: (h.hold_name, h.held_until) for h in found["gb-open"]} == {
        "identity": ("anti_money_laundering", date(2031, 11, 25)),
        "payment": ("tax", date(2032, 11, 25)),
        "safer_gambling": ("licence_condition", date(2031, 11, 25)),
    }
    assert {h.held_until for h in found["it-open"]} == {date(2036, 11, 25)}


def test_a_hold_that_has_lapsed_holds_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    found = held(connection, TODAY)
    assert "gb-2019" not in found
    # Identity for five years, payments for six.
    [payment] = found["gb-2021-06"]
    assert (payment.record_kind, payment.held_until) == ("payment", date(2027, 6, 1))
    assert "gb-2021-06" not in held(connection, date(2027, 6, 1))


def test_five_years_after_a_leap_day_is_the_first_of_march(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert {h.held_until for h in held(connection, TODAY)["leap"]} == {date(2029, 3, 1)}

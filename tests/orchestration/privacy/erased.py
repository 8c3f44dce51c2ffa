"""Whom these tests erase, and what has to be the same when it is done."""

from datetime import date
from typing import Any

from canaries import Canaries

from orchestration.database import open_warehouse
from orchestration.privacy.subjects import Subject, new_pseudonym
from orchestration.settings import Settings

TODAY = date(2026, 11, 25)
PERSONS = 50
FORMS = ("parquet", "csv", "xlsx")
"""What is exported before, in each form."""
Totals = dict[str, tuple[Any, ...]]


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(query).fetchall()


def totals(settings: Settings) -> Totals:
    """Rows and the sum of each amount of every relation of Finance."""
    with open_warehouse(settings, read_only=True) as connection:
        found: Totals = {}
        amounts: dict[str, list[str]] = {}
        for table, column, kind in connection.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'finance' order by all"
        ).fetchall():
            amounts.setdefault(table, [])
            if kind.startswith("DECIMAL"):
                amounts[table].append(f'sum("{column}")')
            if column.endswith("customer_id"):
                amounts[table].append(f'count(distinct "{column}")')
        for table, sums in amounts.items():
            asked = ", ".join(["count(*)", *sums])
            [found[table]] = connection.execute(
                f"select {asked} from finance.{table}"
            ).fetchall()
        return found


def subjects_of(planted: Canaries, settings: Settings) -> list[Subject]:
    """Those whose rows hold canaries, and others with bets up to fifty."""
    bettors = rows(
        settings,
        "select customer_id from raw.betting__bets_placed group by customer_id "
        "order by count(*) desc, customer_id",
    )
    chosen = [*sorted(planted.customers), *(b for (b,) in bettors)]
    return [
        Subject(customer, new_pseudonym(), f"DSR-{number}", "objection")
        for number, customer in enumerate(dict.fromkeys(chosen))
    ][:PERSONS]

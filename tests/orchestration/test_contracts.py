"""Contracts of all landed tables: personal data, freshness, and the guide to them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from orchestration.defs.project import MANIFEST
from orchestration.ingest.contract import PII_CLASSES, contracts_of
from orchestration.ingest.guide import GUIDE, guide_with_tables

CONTRACTS = contracts_of(MANIFEST)
RAW = [source for source in MANIFEST["sources"].values() if source["schema"] == "raw"]
LANDED = [
    source
    for source in RAW
    if source["config"]["meta"].get("landed") or "__" in source["name"]
]
# Whatever is called like this in a table about customers names or describes one.
DIRECT = re.compile(
    r"(given|family|holder)_name|email|phone|date_of_birth|address_line|postcode|"
    r"document_number|.*_text|notes?|.*_note"
)
INDIRECT = re.compile(r"ip_address|device_id|click_id|latitude|longitude|.*fingerprint")


def columns() -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    for source in LANDED:
        for name, column in source["columns"].items():
            yield f"{source['source_name']}.{source['name']}", name, column


def test_every_landed_number_has_a_bound_but_balances() -> None:
    """A single row that a test of a mart would fail for is refused by the contract."""
    unbounded = {
        f"{table}.{column.name}"
        for (_, table), contract in CONTRACTS.items()
        for column in contract.columns
        if column.family in {"decimal", "integer", "bigint"}
        and column.minimum is None
        and column.above is None
    }
    kinds = ("cash_balance", "bonus_balance", "pending_withdrawal")
    assert unbounded == {f"wallet_balances.{kind}_amount" for kind in kinds}


def test_every_raw_column_has_a_pii_class() -> None:
    lacking = [
        f"{table}.{name}"
        for table, name, column in columns()
        if column["config"]["meta"].get("pii") not in PII_CLASSES
    ]
    assert lacking == []


@pytest.mark.parametrize(("named", "pii"), [(DIRECT, "direct"), (INDIRECT, "indirect")])
def test_columns_that_point_at_a_person_say_so(
    named: re.Pattern[str], pii: str
) -> None:
    about = {table for table, name, _ in columns() if name == "customer_id"}
    wrong = [
        f"{table}.{name}"
        for table, name, column in columns()
        if table in about
        and named.fullmatch(name)
        and column["config"]["meta"]["pii"] != pii
    ]
    assert wrong == []


def test_no_model_shows_what_points_at_a_person() -> None:
    hidden = {
        name
        for _, name, column in columns()
        if column["config"]["meta"]["pii"] == "direct"
    }
    shown = [
        f"{node['name']}.{name}"
        for node in MANIFEST["nodes"].values()
        if node["resource_type"] in {"model", "snapshot"}
        for name in node["columns"]
        if name in hidden
        or (INDIRECT.fullmatch(name) and "/marts/" in node["original_file_path"])
    ]
    assert shown == []


def test_every_landed_table_is_watched_for_freshness() -> None:
    unwatched = [
        source["unique_id"]
        for source in LANDED
        if source["loaded_at_field"] != "known_at"
        or not (source["freshness"] or {}).get("error_after", {}).get("count")
    ]
    assert unwatched == []


def test_every_landed_table_says_when_its_rows_were_written() -> None:
    for contract in CONTRACTS.values():
        recorded_at = next(c for c in contract.columns if c.name == "recorded_at")
        assert (recorded_at.data_type, recorded_at.nullable) == ("timestamp", False)
        assert set(contract.key) <= {c.name for c in contract.scalars}


def test_the_landing_guide_lists_the_tables_as_the_contracts_declare_them() -> None:
    guide = GUIDE.read_text()
    assert guide == guide_with_tables(guide, MANIFEST), (
        "run python -m orchestration.ingest.guide"
    )
    assert all(f"**{source}/{table}**" in guide for source, table in CONTRACTS)

"""Exports: the audience's rights, exact money, no formulas, a manifest that is true."""

import csv
import hashlib
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration import audit as trail
from orchestration.errors import WarehouseError
from orchestration.serving.export import export
from orchestration.serving.forms import Form, guarded_text
from orchestration.serving.publish import publish
from tests.serving.stand_in import StandIn

BETS = "finance.fct_open_bets"
CELLS = ("=1+1", "+SUM(A1)", "-2+3|cmd", "@here", "\t=1", " =1", "＝1")  # noqa: RUF001
LARGE = Decimal("1234567890123456.78")
CENTS = Decimal("-1234567890123.45")


@pytest.fixture
def published(warehouse: StandIn) -> StandIn:
    """Open bets with cells that a spreadsheet might run, and amounts of many digits."""
    statements = [
        f"update {BETS} set channel = '{cell}' where bet_key % 10 = {number}"
        for number, cell in enumerate(CELLS[:6])
    ]
    statements.append(f"update {BETS} set stake_amount = {LARGE} where bet_key = 0")
    statements.append(f"update {BETS} set open_stake_amount = {CENTS}")
    warehouse.execute(*statements)
    publish(warehouse.settings)
    return warehouse


def manifest_of(file: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads(
        file.with_name(f"{file.name}.json").read_text()
    )
    assert content["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert content["rows"] == 6
    assert (content["version"], content["audience"]) == (1, "risk")
    assert content["data_as_of"] == "2026-01-05T00:00:00"
    return content


def test_csv_keeps_every_digit_and_runs_nothing(published: StandIn) -> None:
    done = export(published.settings, BETS, "risk", Form.CSV)
    with done.file.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["channel"] for row in rows] == [f"'{cell}" for cell in CELLS[:6]]
    assert Decimal(rows[0]["stake_amount"]) == LARGE
    # A negative number is a number, not a text.
    assert {row["open_stake_amount"] for row in rows} == {str(CENTS)}
    assert manifest_of(done.file)["guarded_cells"] == 6


def test_a_workbook_has_numbers_that_are_exact_and_no_formula(
    published: StandIn,
) -> None:
    done = export(published.settings, BETS, "risk", Form.XLSX)
    manifest_of(done.file)
    book = openpyxl.load_workbook(done.file)
    header, *rows = book["fct_open_bets"].iter_rows()
    names = [cell.value for cell in header]
    by_name = [dict(zip(names, row, strict=True)) for row in rows]
    assert [row["channel"].value for row in by_name] == list(CELLS[:6])
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "b", "d"}
    assert by_name[0]["stake_amount"].value == str(LARGE)
    assert by_name[0]["stake_amount"].data_type == "s"
    exact = {round(Decimal(row["open_stake_amount"].value), 2) for row in by_name}
    assert exact == {CENTS}
    about = {row[0].value: row[1].value for row in book["about"].iter_rows()}
    assert about["version"] == "1"


def test_parquet_keeps_types(published: StandIn) -> None:
    done = export(published.settings, BETS, "risk", Form.PARQUET)
    manifest_of(done.file)
    table = pq.read_table(done.file)
    assert str(table.schema.field("stake_amount").type) == "decimal128(18, 2)"
    assert LARGE in table.column("stake_amount").to_pylist()


def test_an_export_has_the_rights_of_its_audience(published: StandIn) -> None:
    settings = published.settings
    with pytest.raises(WarehouseError, match="risk has no relation"):
        export(settings, "finance.rpt_customer_funds", "risk", Form.CSV)
    with pytest.raises(WarehouseError, match="risk has no relation"):
        export(settings, "main.published_relations", "risk", Form.CSV)
    with pytest.raises(WarehouseError, match="Nothing is published for"):
        export(settings, BETS, "privacy_office", Form.CSV)
    done = export(settings, "finance.rpt_restatements", "regulator_gb", Form.PARQUET)
    assert {*pq.read_table(done.file).column("jurisdiction").to_pylist()} == {"GB"}
    recorded = [one for one in trail.records(settings) if one.action == "export"]
    assert [one.details["sha256"] for one in recorded] == [done.sha256]


@given(st.text())
def test_no_guarded_text_begins_a_formula(text: str) -> None:
    guarded = guarded_text(text)
    assert guarded in {text, f"'{text}"}
    assert not guarded.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))

"""What a person is told when something is wrong: what, where, and what to do."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import cli
from orchestration.audit import Action, anchors, record, records, trail
from orchestration.audit.entries import TrailError
from orchestration.audit.trail import Files
from orchestration.cli.app import Format, Titled, app, print_rows, print_tables
from orchestration.database import open_warehouse, unopened
from orchestration.errors import WarehouseBusyError, WarehouseError
from orchestration.ingest import load as ingest_load
from orchestration.ingest.files import misplaced_files
from orchestration.lineage.columns import Lineage
from orchestration.settings import Settings

RUN = CliRunner()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAREHOUSE_TARGET", "postgres"),
        ("WAREHOUSE_LANDING", "/srv/landing"),
        ("WAREHOUSE_KEPT_PUBLICATIONS", "0"),
        ("WAREHOUSE_KEPT_PUBLICATIONS", "five"),
    ],
)
def test_a_setting_that_means_nothing_is_refused_by_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WarehouseError, match=f"{name} cannot be '{value}'") as refused:
        Settings.from_environment()
    assert refused.value.exit_code == 2


def test_a_file_that_is_no_warehouse_is_not_called_busy(tmp_path: Path) -> None:
    # "blocked" has "lock" in it.
    settings = Settings(tmp_path / "blocked")
    settings.home.mkdir()
    settings.database.write_text("this was a warehouse once\n")
    with (
        pytest.raises(WarehouseError, match="does not open") as refused,
        open_warehouse(settings, read_only=True),
    ):
        pass
    assert refused.value.exit_code == 3
    held = duckdb.IOException('IO Error: Could not set lock on file "x": held by 7')
    assert isinstance(unopened(settings, held), WarehouseBusyError)


def test_an_error_of_the_machine_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device", "/srv/warehouse")

    monkeypatch.setattr(cli, "app", full)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 3
    assert "No space left on device" in capsys.readouterr().err


def test_files_that_no_load_looks_at_are_counted(tmp_path: Path) -> None:
    for name in (
        "betting/bets_placed/2026/a.parquet",
        "betting/b.parquet",
        "betting/bets_placed/c.csv",
        "statements/partner/d.csv",
        "betting/bets_placed/.e.parquet",
        "betting/_unfinished/f.txt",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert misplaced_files(tmp_path) == 2
    assert misplaced_files(tmp_path / "nowhere") == 0


@pytest.mark.parametrize("step", ["next_known_at", "_load_once"])
def test_a_load_that_runs_out_of_memory_refuses_no_file(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise duckdb.OutOfMemoryException("failed to allocate data")

    settings = Settings(tmp_path)
    landed = settings.landing / "betting" / "bets_placed" / "broken.parquet"
    landed.parent.mkdir(parents=True)
    landed.write_bytes(b"PAR1 and no more")
    monkeypatch.setattr(ingest_load, step, full)
    with open_warehouse(settings) as connection:
        with pytest.raises(duckdb.OutOfMemoryException):
            ingest_load.load(connection, {}, settings.landing)
        monkeypatch.undo()
        report = ingest_load.load(connection, {}, settings.landing)
    assert [one.reason for one in report.files] == ["unknown_table"]


def test_requests_of_erasure_are_checked_before_anything_is_erased(
    tmp_path: Path,
) -> None:
    listed = tmp_path / "requests.csv"
    asked = ["erase", "--requests", str(listed)]
    environment = {"WAREHOUSE_HOME": str(tmp_path / "home"), "COLUMNS": "200"}
    missing = RUN.invoke(app, asked, env=environment)
    assert (missing.exit_code, "does not exist" in missing.output) == (2, True)
    listed.write_text("customer_id,request_id,reason\nC1,R1,objection\nC2,R2,whim\n")
    wrong = RUN.invoke(app, asked, env=environment)
    assert (wrong.exit_code, "line 3 needs" in wrong.output) == (2, True)
    assert not (tmp_path / "home").exists()


def test_a_subject_report_takes_no_other_file_s_place(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    out.write_text("somebody else's")
    asked = ["subject-report", "C1", "--request", "R1", "--out", str(out)]
    environment = {"WAREHOUSE_HOME": str(tmp_path / "home")}
    assert RUN.invoke(app, asked, env=environment).exit_code == 2
    assert out.read_text() == "somebody else's"


def test_several_tables_are_one_json_document(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tables = [Titled("loads", "Last loads", [{"load_id": 1}]), Titled("none", "", [])]
    print_tables(tables, Format.JSON)
    assert json.loads(capsys.readouterr().out) == {
        "loads": [{"load_id": 1}],
        "none": [],
    }


def test_no_figure_moment_or_name_is_cut_off_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "football-260119-004-winner-home"
    row: dict[str, object] = {f"amount_{n}": Decimal("-1234567.89") for n in range(6)}
    row |= {"known_at": datetime(2026, 1, 19, 2), "market": name}
    print_rows([row, row | {"amount_0": None}], Format.TABLE)
    told = capsys.readouterr().out
    assert "…" not in told
    assert told.count("-1,234,567.89") == 11
    assert told.count("2026-01-19") == 2
    cells = [line.split("│")[8].strip() for line in told.splitlines() if "│" in line]
    assert "".join(cells) == 2 * name


def test_a_column_that_is_not_there_has_no_origin() -> None:
    with pytest.raises(WarehouseError, match=r"no column core\.dim_dates\.nope"):
        Lineage({}, {}).origins(("core.dim_dates", "nope"))


def test_a_broken_trail_names_its_runbook(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    record(settings, Action.LOAD, {})
    Files.of(settings).head.write_text("{}")
    for asked in (lambda: records(settings), lambda: record(settings, Action.LOAD, {})):
        with pytest.raises(TrailError) as broken:
            asked()
        assert "audit-trail-broken" in broken.value.remedy


def test_an_account_without_a_name_is_recorded_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.delenv("WAREHOUSE_ACTOR", raising=False)
    monkeypatch.setattr(trail, "getuser", nameless)
    assert record(Settings(tmp_path), Action.LOAD, {}).actor.startswith("uid ")


def test_what_is_done_and_recorded_does_not_fail_for_its_anchor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 4 says that nothing was changed."""

    def held(*_: object) -> None:
        raise WarehouseBusyError("a client")

    monkeypatch.setattr(anchors, "open_warehouse", held)
    settings = Settings(tmp_path)
    anchors.record_and_anchor(settings, Action.FILE, {"filing_id": 1})
    assert [one.action for one in records(settings)] == ["file"]

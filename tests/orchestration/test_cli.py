"""The command line as a person uses it."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration import bookkeeping
from orchestration.cli import main
from orchestration.cli.app import app
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.filings.file import file_report
from orchestration.filings.periods import period_of
from orchestration.filings.register import filings
from orchestration.filings.request import Request
from orchestration.settings import Settings
from orchestration.transform import dbt

RUN = CliRunner()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of an operator, loaded and built by commands alone."""
    folder = tmp_path_factory.mktemp("home")
    size = ["--days", "2", "--bets-per-day", "300", "--customers", "50", "--seed", "3"]
    for command in (["simulate", *size], ["load"], ["build", "--all-tests"]):
        result = RUN.invoke(app, command, env={"WAREHOUSE_HOME": str(folder)})
        assert result.exit_code == 0, result.output
    return folder


@pytest.mark.slow
def test_status_and_as_of_answer_on_a_built_warehouse(home: Path) -> None:
    environment = {"WAREHOUSE_HOME": str(home)}
    status = RUN.invoke(app, ["status"], env=environment)
    assert status.exit_code == 0, status.output
    assert "Refused so far" in status.output
    table = RUN.invoke(app, ["as-of", "2026-01-05"], env=environment)
    assert table.exit_code == 0, table.output
    asked = ["as-of", "2026-01-05", "--format", "json"]
    rows = json.loads(RUN.invoke(app, asked, env=environment).output)
    assert {row["basis"] for row in rows} == {"placed", "settled"}
    sure = RUN.invoke(app, ["maturity"], env=environment)
    # It was all loaded long after the last day.
    assert "No gaming day is so young" in sure.output, sure.output
    held = RUN.invoke(app, ["statements", "list", "--format", "json"], env=environment)
    assert json.loads(held.output) == []
    decision = ["statements", "accept", "1", "--by", "Finance", "--why", "asked"]
    nothing = RUN.invoke(app, decision, env=environment)
    assert "nothing to decide" in str(nothing.exception)
    before = RUN.invoke(app, [*asked, "--known-at", "2020-01-01"], env=environment)
    assert json.loads(before.output) == []
    evaluated = RUN.invoke(app, ["evaluate"], env=environment)
    assert "sample_ratio_mismatch" in evaluated.output


@pytest.mark.slow
def test_a_report_is_filed_once_and_told_again(home: Path) -> None:
    environment = {"WAREHOUSE_HOME": str(home)}
    asked = ["file", "daily_revenue", "2026-01-05", "--by", "Finance", "--why", "test"]
    filed = RUN.invoke(app, asked, env=environment)
    assert filed.exit_code == 0, filed.output
    with pytest.raises(WarehouseError, match="Filing 1 stands"):
        RUN.invoke(app, asked, env=environment, catch_exceptions=False)
    as_json = ["--format", "json"]
    listed = RUN.invoke(app, ["filings", *as_json], env=environment)
    assert [row["filing_id"] for row in json.loads(listed.output)] == [1]
    [kept] = json.loads(
        RUN.invoke(app, ["filing", "1", *as_json], env=environment).output
    )
    assert kept["is_untouched"]
    assert kept["is_reproduced"]
    assert kept["content_hash"] in filed.output
    assert len(kept["lines"]) == kept["line_count"]
    for option in ([], ["--bets"]):
        told = RUN.invoke(
            app, ["restatements", "1", *option, *as_json], env=environment
        )
        assert json.loads(told.output) == []
    trail = RUN.invoke(app, ["audit", "list", *as_json], env=environment)
    done = [row["action"] for row in json.loads(trail.output)]
    assert done[:2] == ["load", "build"]
    assert {"file", "access"} <= set(done)
    verified = RUN.invoke(app, ["audit", "verify"], env=environment)
    assert verified.exit_code == 0, verified.exception
    assert f"Receipt: {len(done)}:" in verified.output
    marts = RUN.invoke(app, ["status", "--marts"], env=environment)
    assert "Marts" in marts.output


@pytest.mark.slow
def test_nothing_is_filed_that_was_not_announced(home: Path) -> None:
    what = Request("daily_revenue", period_of("2026-01-06"), "Finance", "a test")
    told: list[int] = []

    def dies(number: int) -> None:
        told.append(number)
        raise KeyboardInterrupt

    with open_warehouse(Settings(home)) as connection:
        before = filings(connection)
        with pytest.raises(KeyboardInterrupt):
            file_report(connection, what, dies)
        assert filings(connection) == before
    assert len(told) == 1


@pytest.mark.slow
def test_every_mart_column_is_traced_to_where_it_comes_from(
    home: Path, tmp_path: Path
) -> None:
    environment = {"WAREHOUSE_HOME": str(home)}
    out = tmp_path / "lineage.json"
    done = RUN.invoke(app, ["lineage", "--export", str(out)], env=environment)
    assert done.exit_code == 0, done.exception
    found = json.loads(out.read_text())
    marts = ("core", "customer", "finance", "marketing", "platform", "risk", "support")
    with open_warehouse(Settings(home), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema || '.' || table_name || '.' || column_name "
            "from information_schema.columns where list_contains($marts, table_schema)",
            {"marts": marts},
        ).fetchall()
    assert len(columns) > 700
    assert [name for (name,) in columns if not found[name]["comes_from"]] == []
    unresolved = [name for name, one in found.items() if "*" in str(one["made_of"])]
    assert unresolved == []

    def files(name: str) -> set[str]:
        told = (text.partition(": ") for text in found[name]["comes_from"])
        return {origin for kind, _, origin in told if kind == "file"}

    assert files("core.dim_customers.account_status") == {
        "customers/customer_profiles.account_status"
    }
    assert files("finance.fct_open_bets.stake_amount") == {
        "betting/bets_placed.stake_amount"
    }
    assert files("support.dim_customer_contacts.masked_email") == {
        "customers/customer_profiles.email"
    }
    ggr = files("finance.rpt_daily_revenue_versions.ggr_amount")
    assert {
        "betting/bet_settlements.payout_amount",
        "betting/bet_settlements.settled_stake_amount",
    } <= ggr
    assert "betting/bets_placed.stake_amount" not in ggr


@pytest.mark.slow
def test_a_publication_is_made_exported_and_taken_back(home: Path) -> None:
    environment = {"WAREHOUSE_HOME": str(home)}

    def run(*words: str) -> str:
        result = RUN.invoke(app, [*words], env=environment)
        assert result.exit_code == 0, result.output
        return result.output

    assert "Publication 1" in run("publish")
    assert "Nothing has changed" in run("publish")
    exported = run("export", "finance.rpt_filings", "--audience", "regulator_gb")
    file = Path("".join(exported.split(":", 1)[1].split()))
    assert file.name == "finance.rpt_filings-v1.parquet"
    assert file.exists()
    assert "Publication 2" in run("publish", "--full")
    assert "publication 1 again" in run("rollback", "--why", "a test")
    rows = json.loads(run("publications", "--format", "json"))
    assert [row["state"] for row in rows] == ["withdrawn", "current"]
    with pytest.raises(WarehouseError, match="a test"):
        RUN.invoke(app, ["publish"], env=environment, catch_exceptions=False)
    assert "Publication 3" in run("publish", "--resume")


@pytest.mark.slow
def test_a_mart_says_which_checks_fail_until_they_hold_again(home: Path) -> None:
    settings = Settings(home)
    environment = {"WAREHOUSE_HOME": str(home)}
    spoilt = "update finance.fct_revenue_changes set product = {} where product = {}"
    name = "accepted_values_fct_revenue_changes_product__pre_match__in_play"

    def tested() -> tuple[dict[str, tuple[int, bool]], str]:
        with suppress(WarehouseError):
            dbt.run(settings, ["test", "--select", name])
        with open_warehouse(settings, read_only=True) as connection:
            rows = bookkeeping.marts(connection)
        told = {
            r["mart"]: (r["failed_checks"], bool(r["last_failed_at"])) for r in rows
        }
        return told, RUN.invoke(app, ["status", "--marts"], env=environment).output

    with open_warehouse(settings) as connection:
        connection.execute(spoilt.format("'table'", "'in_play'"))
        runs = connection.execute("select count(*) from raw.builds").fetchall()
    failing, printed = tested()
    assert failing["finance.fct_revenue_changes"] == (1, True)
    assert failing["finance.rpt_restatements"] == (1, True), "made of it"
    assert failing["core.dim_customers"] == (0, False)
    assert "Checks that fail" in printed
    with open_warehouse(settings) as connection:
        connection.execute(spoilt.format("'in_play'", "'table'"))
    holding, printed = tested()
    assert holding["finance.fct_revenue_changes"] == (0, True)
    assert "Checks that fail" not in printed
    with open_warehouse(settings, read_only=True) as connection:
        now = connection.execute("select count(*) from raw.builds").fetchall()
    assert now[0][0] == runs[0][0] + 2, "each run is kept once"
    assert runs[0][0] >= 1, "builds are kept"


def test_help_is_everywhere() -> None:
    for command in (
        [],
        ["simulate"],
        ["load"],
        ["build"],
        ["as-of"],
        ["status"],
        ["evaluate"],
        ["maturity"],
        ["statements"],
        ["audit"],
        *(["audit", verb] for verb in ("list", "verify")),
        *(["statements", verb] for verb in ("list", "accept", "reject")),
        ["file"],
        ["filings"],
        ["filing"],
        ["restatements"],
        ["erase"],
        ["erasures"],
        ["subject-report"],
        ["retention"],
        ["lineage"],
        ["publish"],
        ["rollback"],
        ["publications"],
        ["export"],
        ["backfill"],
    ):
        result = RUN.invoke(app, [*command, "--help"])
        assert result.exit_code == 0
        assert "Usage" in result.output


def test_a_question_without_a_warehouse_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(WarehouseError, match="no warehouse"):
        RUN.invoke(app, ["status"], catch_exceptions=False)
    monkeypatch.setattr("sys.argv", ["warehouse", "status"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "What to do" in capsys.readouterr().err

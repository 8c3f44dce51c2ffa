"""A person's requests by command: to be erased, and to be told what is kept."""

import json
from pathlib import Path

import pytest
from canaries import Canaries
from erased import rows
from typer.testing import CliRunner

from orchestration.audit import Action, records
from orchestration.cli.app import app
from orchestration.settings import Settings

pytestmark = pytest.mark.slow
RUN = CliRunner()


def test_a_person_is_told_what_is_kept_of_them_and_nothing_of_others(
    copy: Settings, planted: Canaries, tmp_path: Path
) -> None:
    environment = {"WAREHOUSE_HOME": str(copy.home)}
    customer = min(planted.customers)
    out = tmp_path / "report.json"
    command = ["subject-report", customer, "--request", "DSR-1", "--out", str(out)]
    done = RUN.invoke(app, command, env=environment)
    assert done.exit_code == 0, done.exception
    told = json.loads(out.read_text())
    profiles = told["delivered"]["customers__customer_profiles"]
    assert {row["customer_id"] for row in profiles} == {customer}
    assert all("email" in row for row in profiles)
    assert {"betting__bets_placed", "devices__log_ins"} <= set(told["delivered"])
    assert told["derived"]
    assert told["about"]["purposes"]
    [(everybody,)] = rows(
        copy, "select list(distinct customer_id) from core.dim_customers"
    )
    others = [one for one in everybody if one != customer]
    assert [one for one in others if f'"{one}"' in out.read_text()] == []
    within = ["subject-report", customer, "--request", "1", "--out", f"{copy.home}/x"]
    assert RUN.invoke(app, within, env=environment).exit_code == 2
    assert [r.action for r in records(copy)][-1] == Action.ACCESS


def test_a_request_is_erased_by_command_and_listed(
    copy: Settings, planted: Canaries
) -> None:
    environment = {"WAREHOUSE_HOME": str(copy.home)}
    customer = min(planted.customers)
    asked = ["erase", customer, "--request", "DSR-1", "--reason", "objection"]
    done = RUN.invoke(app, asked, env=environment)
    assert done.exit_code == 0, done.exception
    assert customer not in done.output
    listed = RUN.invoke(app, ["erasures", "--format", "json"], env=environment)
    [row] = json.loads(listed.output)
    assert (row["request_id"], row["status"]) == ("DSR-1", "restricted")
    assert row["is_untouched"]
    again = RUN.invoke(app, [*asked[:2], "--request", "2", *asked[4:]], env=environment)
    assert "Nothing is known" in str(again.exception)
    lapsed = ["erase", "--lapsed", "--on", "2026-11-26"]
    assert "nothing to erase" in RUN.invoke(app, lapsed, env=environment).output

"""One command writes a warehouse at a time, from its first step to its last."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.database import only_writer, open_warehouse
from orchestration.defs.project import MANIFEST
from orchestration.errors import WarehouseBusyError, WarehouseError
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.schema import ensure_relations
from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.build import build

RUN = CliRunner()
COMMAND = "from orchestration.cli import main; main()"
HOLD = """
import sys
from pathlib import Path
from orchestration.database import only_writer
from orchestration.settings import Settings
with only_writer(Settings(Path(sys.argv[1]))):
    print("in", flush=True)
    sys.stdin.read()
"""
WRITES = {
    "load": ["load"],
    "build": ["build"],
    "backfill": ["backfill", "--from", "2026-01-05", "--to", "2026-01-06"],
    "file": ["file", "daily_revenue", "2026-01-05", "--by", "F", "--why", "due"],
    "decide": ["statements", "accept", "1", "--by", "F", "--why", "asked"],
    "retain": ["retention"],
    "erase": ["erase", "C1", "--request", "R1", "--reason", "objection"],
    "lapse": ["erase", "--lapsed"],
    "resume": ["erase", "--resume"],
    "publish": ["publish"],
}
CREATES = {"load", "build"}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a project that was parsed already."""
    monkeypatch.setattr(dbt, "manifest", lambda settings: MANIFEST)
    return Settings(tmp_path / "home")


@pytest.fixture
def warehouse(settings: Settings) -> Settings:
    with open_warehouse(settings) as connection:
        ensure_relations(connection, contracts_of(MANIFEST).values())
    return settings


@contextmanager
def held(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process that is between two steps of what it writes."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"in\n"
        yield process
        process.kill()


def elsewhere(settings: Settings, *asked: str) -> "subprocess.CompletedProcess[str]":
    """A command of another process."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *asked],
        env=os.environ | {"WAREHOUSE_HOME": str(settings.home)},
        capture_output=True,
        text=True,
        check=False,
    )


def ask(settings: Settings, asked: Sequence[str]) -> BaseException | None:
    """What a command of this process ends with."""
    environment = {"WAREHOUSE_HOME": str(settings.home), "WAREHOUSE_TARGET": "duckdb"}
    return RUN.invoke(app, asked, env=environment).exception


def test_no_load_comes_between_the_steps_of_a_build(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is open in neither: one step has closed it, the next not opened it."""
    loads = []

    def run(settings: Settings, _: Sequence[str]) -> list[dbt.NodeResult]:
        loads.append(elsewhere(settings, "load"))
        return []

    monkeypatch.setattr(dbt, "run", run)
    build(warehouse)
    assert [load.returncode for load in loads] == [4]
    assert f"PID {os.getpid()}" in loads[0].stderr
    assert "run the command again" in loads[0].stderr
    # Whoever comes after the build is let in.
    assert elsewhere(warehouse, "retention").returncode == 0


def test_whatever_writes_is_kept_out_and_whoever_asks_is_not(
    warehouse: Settings,
) -> None:
    with held(warehouse) as writer:
        for name, asked in WRITES.items():
            error = ask(warehouse, asked)
            assert isinstance(error, WarehouseBusyError), (name, error)
            assert error.exit_code == 4
            assert str(writer.pid) in error.message
        for asked in (["statements", "list"], ["retention", "--dry-run"]):
            assert ask(warehouse, asked) is None, asked


def test_a_writer_that_was_killed_keeps_nobody_out(warehouse: Settings) -> None:
    with held(warehouse) as writer:
        with pytest.raises(WarehouseBusyError), open_warehouse(warehouse):
            pass
        writer.kill()
        writer.wait()
        with open_warehouse(warehouse) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_a_step_of_a_command_does_not_wait_for_the_command(
    warehouse: Settings,
) -> None:
    with only_writer(warehouse), only_writer(warehouse):
        with open_warehouse(warehouse):
            pass
        # The inner one has not let the outer one's lock go.
        assert elsewhere(warehouse, "retention").returncode == 4


@pytest.mark.parametrize("name", sorted(WRITES.keys() - CREATES))
def test_what_means_a_warehouse_makes_none(name: str, settings: Settings) -> None:
    error = ask(settings, WRITES[name])
    assert isinstance(error, WarehouseError)
    assert error.exit_code == 2
    assert "There is no warehouse" in error.message
    assert "warehouse load" in error.remedy
    assert not settings.database.exists()


def test_a_dry_run_makes_no_warehouse(settings: Settings) -> None:
    error = ask(settings, ["retention", "--dry-run"])
    assert isinstance(error, WarehouseError)
    assert not settings.home.exists()

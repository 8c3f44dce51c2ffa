"""A private PostgreSQL: found, started on a free loopback port, stopped."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

from tests.redshift.emulator.installed import find_server, reachable

_UNPRIVILEGED = "nobody"
_START_SECONDS = 30.0
_SCRIPTS = [Path(__file__).with_name(name) for name in ("functions.sql", "catalog.sql")]
_SERVER_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
# As Redshift behaves: UTC, and the backslash escapes in string literals.
_DATABASE_OPTIONS = {
    "timezone": "UTC",
    "standard_conforming_strings": "off",
    "escape_string_warning": "off",
    "backslash_quote": "on",
}


class _Owner(TypedDict, total=False):
    """Arguments of `subprocess` for a program that runs as the server's owner."""

    cwd: Path
    user: int
    group: int
    extra_groups: list[int]


def free_port() -> int:
    """A loopback port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Postgres:
    """A running server with one database and one superuser; a context manager.

    Args:
        user: name of the superuser, who is the cluster's administrator.
        database: name of the database.
        log: file for the server's messages.

    `password` is drawn for each start, `port` is a free one.
    """

    def __init__(self, user: str, database: str, log: Path) -> None:
        self.user = user
        self.database = database
        self.password = secrets.token_urlsafe(24)
        self.port = free_port()
        self._log = log
        self._bin = find_server()
        # PostgreSQL refuses to run as root, and the other user must reach its files.
        self._owner = _UNPRIVILEGED if os.geteuid() == 0 else None
        self._server: subprocess.Popen[bytes] | None = None
        self._home = Path(tempfile.mkdtemp(prefix="redshift-emulator-"))

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _start(self) -> None:
        password = self._home / "password"
        password.write_text(self.password, encoding="ascii")
        if self._owner:
            self._bin = reachable(self._bin, self._home)
            account = pwd.getpwnam(self._owner)
            for path in (self._home, password):
                os.chown(path, account.pw_uid, account.pw_gid)
        self._initialise(password)
        self._server = self._launch()
        self._wait_until_ready()
        self.script(f"create database {self.database}", database="postgres")
        for key, value in _DATABASE_OPTIONS.items():
            self.script(f"alter database {self.database} set {key} = '{value}'")
        for path in _SCRIPTS:
            # These are written for PostgreSQL, in which the backslash does not escape.
            text = "set standard_conforming_strings = on;\n"
            self.script(text + path.read_text(encoding="utf-8"))

    def script(self, sql: str, database: str | None = None) -> None:
        """Run PostgreSQL statements as the superuser, past the proxy.

        Raises RuntimeError with the server's message when one fails.
        """
        command = [
            str(self._bin / "psql"),
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
        ]
        environment = {
            **os.environ,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": database or self.database,
        }
        done = subprocess.run(
            command,
            input=sql,
            env=environment,
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"PostgreSQL refused a set-up script: {done.stderr}")

    def _initialise(self, password: Path) -> None:
        # The driver's SCRAM does not read PostgreSQL's offer; its MD5 works.
        options = ["--encoding=UTF8", "--locale=C", "--auth=md5"]
        login = [f"--username={self.user}", f"--pwfile={password}"]
        data = f"--pgdata={self._home / 'data'}"
        done = subprocess.run(
            [str(self._bin / "initdb"), data, *options, *login],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._as_owner(),
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr.strip()}")

    def _launch(self) -> subprocess.Popen[bytes]:
        """The server as a child, in its own session so that Ctrl-C passes it by."""
        flags = [f"--port={self.port}", f"-D{self._home / 'data'}"]
        flags += [f"--{key}={value}" for key, value in _SERVER_OPTIONS.items()]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [str(self._bin / "postgres"), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as_owner(),
            )

    def _as_owner(self) -> _Owner:
        if self._owner is None:
            return {"cwd": self._home}
        account = pwd.getpwnam(self._owner)
        return {
            "cwd": self._home,
            "user": account.pw_uid,
            "group": account.pw_gid,
            "extra_groups": [],
        }

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + _START_SECONDS
        while True:
            try:
                return self.script("select 1", database="postgres")
            except RuntimeError:
                ended = self._server is None or self._server.poll() is not None
                if ended or time.monotonic() > give_up:
                    raise RuntimeError(
                        f"PostgreSQL did not start; see {self._log}"
                    ) from None
                time.sleep(0.05)

    def _stop(self) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)  # "immediate": nothing to keep
            self._server.wait()
        shutil.rmtree(self._home, ignore_errors=True)

"""Two warehouses that are given the same files at the same moments."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from typer.testing import CliRunner

from orchestration.cli import commands  # noqa: F401 - registers them
from orchestration.cli.app import app
from orchestration.database import only_writer, open_warehouse
from orchestration.ingest.landing import load_landed
from orchestration.ingest.load import LoadReport
from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.build import (
    build,
    build_arguments,
    finish_window,
    step_windows,
)

Rows = list[tuple[Any, ...]]
Ask = Callable[[str], Rows]


@dataclass(frozen=True)
class Side:
    """One of the two."""

    settings: Settings

    def load(self, known_at: datetime) -> LoadReport:
        """Load what has landed."""
        with open_warehouse(self.settings) as connection:
            return load_landed(self.settings, connection, known_at=known_at)

    def build(self, *, tests: bool) -> int:
        """Build all models, and run all tests too or none; how many of both."""
        if tests:
            return len(build(self.settings, all_tests=True))
        with only_writer(self.settings):
            built = step_windows(self.settings)
            built += dbt.run(
                self.settings, [*build_arguments(), "--exclude-resource-type", "test"]
            )
            finish_window(self.settings)
        return len(built)

    def ask(self, *command: str) -> str:
        """What a command prints."""
        environment = {
            "WAREHOUSE_HOME": str(self.settings.home),
            "WAREHOUSE_LANDING": self.settings.landing_url or "",
        }
        arguments = [*command, "--target", self.settings.target]
        result = CliRunner().invoke(app, arguments, env=environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    @contextmanager
    def reading(self) -> Iterator[Ask]:
        """Queries that both engines take, over one connection."""
        with open_warehouse(self.settings, read_only=True) as connection:
            yield lambda query: connection.execute(query).fetchall()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> Rows:
        """Rows of one such query."""
        with open_warehouse(self.settings, read_only=True) as connection:
            return connection.execute(query, list(parameters)).fetchall()


class Pair:
    """DuckDB with a landing directory, Redshift with one on S3.

    Args:
        folder: An empty folder.
        landing_url: S3 prefix where Redshift's files land.
    """

    def __init__(self, folder: Path, landing_url: str) -> None:
        self.duckdb = Side(Settings(folder / "duckdb"))
        self.redshift = Side(Settings(folder / "redshift", "redshift", landing_url))
        self._url = urlsplit(landing_url)
        self._s3 = boto3.client("s3")

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both."""
        return self.duckdb, self.redshift

    def deliver(self, outbox: Path, files: Iterable[Path]) -> None:
        """Let files appear in both landing zones."""
        for file in files:
            target = self.duckdb.settings.landing / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(outbox / file)
            key = f"{self._url.path.strip('/')}/{file.as_posix()}"
            self._s3.upload_file(str(outbox / file), self._url.netloc, key)

    def load(self, known_at: datetime) -> LoadReport:
        """Load on both; the accounting of every file must be the same."""
        ours, theirs = (side.load(known_at) for side in self.sides)
        counts = [
            [
                (f.file.path, f.reason, f.rows_in, f.rows_loaded, f.rows_quarantined)
                for f in report.files
            ]
            for report in (ours, theirs)
        ]
        assert counts[0] == counts[1]
        return theirs

    def build(self, *, tests: bool = False) -> int:
        """Build both; the tests need no more than to be run on Redshift."""
        self.duckdb.build(tests=False)
        return self.redshift.build(tests=tests)


def landing_url(name: str) -> str:
    """An S3 prefix of this name in the bucket that loads are staged in."""
    return f"s3://{os.environ['REDSHIFT_S3_BUCKET']}/{name}"

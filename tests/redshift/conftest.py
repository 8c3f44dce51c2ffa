"""One emulated cluster for all tests of this folder."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.redshift.emulator import EmulatedRedshift

Run = Callable[..., list[list[Any]]]


@pytest.fixture(scope="session")
def redshift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedRedshift]:
    """A running cluster."""
    with EmulatedRedshift(tmp_path_factory.mktemp("redshift")) as running:
        yield running


@pytest.fixture
def run(redshift: EmulatedRedshift) -> Iterator[Run]:
    """Runs a statement as the administrator, each its own transaction; gives rows."""
    with redshift.connect() as connection:
        connection.autocommit = True

        def execute(sql: str, *parameters: object) -> list[list[Any]]:
            cursor = connection.cursor()
            cursor.execute(sql, parameters or None)
            return list(cursor.fetchall()) if cursor.description else []

        yield execute


@pytest.fixture
def schema(run: Run) -> Iterator[str]:
    """An empty schema that is dropped after the test."""
    run("create schema scratch")
    yield "scratch"
    run("drop schema scratch cascade")

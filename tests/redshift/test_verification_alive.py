"""The checks of the ladder find what they are there to find."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import WarehouseError
from orchestration.settings import Settings
from tests.redshift.conftest import Run
from tests.redshift.emulator import EmulatedRedshift
from tests.redshift.verification import catalogue, controls, parity, roles, verify
from tests.redshift.verification.cluster import Cluster
from tests.redshift.verification.ladder import Size
from tests.redshift.verification.pair import Ask, Side

COLUMNS = [
    ("finance", "bets", name) for name in ("bet_id", "stake_amount", "dbt_scd_id")
]


class _Side:
    """A warehouse of one relation."""

    def __init__(self, columns: list[tuple[Any, ...]], *rows: tuple[Any, ...]) -> None:
        self._columns, self._rows = columns, list(rows)

    @contextmanager
    def reading(self) -> Iterator[Ask]:
        yield lambda query: self._columns if "information" in query else self._rows


class _Pair:
    def __init__(self, ours: _Side, theirs: _Side) -> None:
        self.sides = (ours, theirs)
        self.redshift = theirs


@pytest.mark.parametrize(
    ("ours", "theirs", "differs"),
    [
        (_Side(COLUMNS, ("a", 1), ("b", 2)), _Side(COLUMNS, ("b", 2), ("a", 1)), False),
        (_Side(COLUMNS, ("a", 1)), _Side(COLUMNS, ("a", 1), ("a", 1)), True),
        (_Side(COLUMNS, ("a", 1)), _Side(COLUMNS, ("a", 2)), True),
        (_Side(COLUMNS, ("a", None)), _Side(COLUMNS, ("a", 0)), True),
        (_Side(COLUMNS, ("a", 1)), _Side(COLUMNS[:2], ("a", 1)), False),
        (_Side(COLUMNS, ("a", 1)), _Side(COLUMNS[:1], ("a",)), True),
    ],
)
def test_parity_is_of_every_row_as_often_as_it_is_there(
    monkeypatch: pytest.MonkeyPatch, ours: _Side, theirs: _Side, *, differs: bool
) -> None:
    monkeypatch.setattr(parity, "relations", lambda _: ['"finance"."bets"'])
    pair: Any = _Pair(ours, theirs)
    assert bool(parity.compare(pair).different) is differs


@pytest.fixture
def environment(
    redshift: EmulatedRedshift, monkeypatch: pytest.MonkeyPatch
) -> EmulatedRedshift:
    for name, value in redshift.env().items():
        monkeypatch.setenv(name, value)
    return redshift


@pytest.fixture
def audiences(run: Run) -> Iterator[list[str]]:
    names = sorted({audience for audience, _, _ in roles.rules()})
    for name in names:
        run(f"create role {name}")
    run("create schema core")
    run("create table core.dim_dates as select 1 as a")
    yield names
    run("drop schema core cascade")
    for name in names:
        run(f"drop role {name}")


def test_a_grant_too_many_and_one_too_few_are_found(
    environment: EmulatedRedshift, run: Run, schema: str, audiences: list[str]
) -> None:
    run(f"create table {schema}.secret as select 1 as a")
    run(f"grant usage on schema {schema} to role risk")
    run(f"grant select on {schema}.secret to role risk")
    run("grant usage on schema core to role finance")
    run("grant select, delete on core.dim_dates to role finance")
    tries = roles.wrong(environment, [f'"{schema}"."secret"', "core.dim_dates"])
    found = tries.wrong
    assert tries.relations == 2 * len(audiences)
    assert f"risk may read {schema}.secret" in found
    assert "finance may write" in found
    assert "customer may not read core.dim_dates" in found
    assert not [line for line in found if "finance may not read" in line]
    run(f"revoke all on {schema}.secret from role risk")
    run(f"revoke usage on schema {schema} from role risk")


@pytest.mark.usefixtures("environment")
def test_a_relation_that_lies_otherwise_is_found(
    run: Run,
    schema: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(f"create table {schema}.bets (bet_key bigint) diststyle even")
    design = {(schema, "bets"): ("KEY(bet_key)", "known_at")}
    monkeypatch.setattr(catalogue, "declared", lambda _: design)
    [line] = catalogue.misplaced(Side(Settings(Path(), "redshift")))
    assert "EVEN" in line


def test_a_control_that_passes_is_found(
    environment: EmulatedRedshift, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls, "CONTROLS", {"nothing wrong": "select 1"})
    assert controls.accepted(environment) == ["nothing wrong"]


def test_a_database_in_use_is_left_alone(
    environment: Cluster, run: Run, tmp_path: Path
) -> None:
    run("create schema finance")
    try:
        with pytest.raises(WarehouseError, match="already has a warehouse"):
            verify(environment, tmp_path, Size())
    finally:
        run("drop schema finance")

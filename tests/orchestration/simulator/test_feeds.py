"""Source systems beside the core ones: contracts, independence, one world."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from orchestration.defs.project import MANIFEST
from orchestration.ingest.contract import Column, TableContract, contracts_of
from orchestration.simulator import Dirt, Simulation, SimulationConfig, simulate
from orchestration.simulator import contract as core
from orchestration.simulator.config import CORE
from orchestration.simulator.feed import Feed
from orchestration.simulator.feeds import FEEDS, SOURCES

SIZE = {"days": 4, "bets_per_day": 600, "customers": 500}
CONTRACTS = contracts_of(MANIFEST)
TYPES = {
    "int32": "integer",
    "int64": "bigint",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[us]": "timestamp",
}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    config = SimulationConfig(**SIZE, dirt=Dirt.none())  # type: ignore[arg-type]
    return simulate(config, tmp_path_factory.mktemp("clean"), truth=False)


def rows(simulation: Simulation, table: str) -> pa.Table:
    paths = [simulation.into / f.path for f in simulation.files if f.table == table]
    return pa.concat_tables([pq.read_table(path) for path in paths])


def checksums(root: Path, sources: Iterable[str]) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest()
        for source in sources
        for path in (root / source).rglob("*.parquet")
    }


def sql_type(kind: pa.DataType, column: Column) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_string(kind):
        return f"varchar({column.length})"
    if pa.types.is_list(kind):
        return "list"
    return TYPES[str(kind)]


@pytest.mark.parametrize("feed", [*core.FEEDS, *FEEDS], ids=lambda feed: feed.table)
def test_a_feed_is_what_its_contract_says(feed: Feed) -> None:
    contract = CONTRACTS[feed.source, feed.table]
    columns = {column.name: column for column in contract.columns}
    declared = {name: column.data_type for name, column in columns.items()}
    assert declared == {f.name: sql_type(f.type, columns[f.name]) for f in feed.schema}
    assert feed.keys == contract.key


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.table)
def test_values_nulls_and_signs_are_those_of_the_contract(feed: Feed) -> None:
    contract: TableContract = CONTRACTS[feed.source, feed.table]
    assert feed.nullable == {c.name for c in contract.columns if c.nullable}
    for column in contract.columns:
        if column.accepted_values and column.name != "jurisdiction":
            assert set(feed.values[column.name]) <= set(column.accepted_values)
    bounded = {c.name for c in contract.columns if c.minimum == "0" or c.above == "0"}
    assert set(feed.unsigned) <= bounded


def test_tables_have_names_of_their_own() -> None:
    tables = [feed.table for feed in (*core.FEEDS, *FEEDS)]
    assert len(tables) == len(set(tables))
    assert all(f.source == s.name for s in SOURCES for f in s.feeds)


def test_sources_do_not_disturb_each_other(tmp_path: Path) -> None:
    names = [source.name for source in SOURCES]
    simulate(SimulationConfig(**SIZE), tmp_path / "all", truth=False)  # type: ignore[arg-type]
    alone = [
        SimulationConfig(**SIZE, sources=chosen)  # type: ignore[arg-type]
        for chosen in (CORE, frozenset(names[:1]))
    ]
    for number, config in enumerate(alone):
        into = tmp_path / str(number)
        simulate(config, into, truth=False)
        present = [path.name for path in into.iterdir() if path.name[0] != "."]
        alike, whole = checksums(into, present), checksums(tmp_path / "all", present)
        assert alike == {path: whole[path] for path in alike}
        if config.sources:
            assert alike == whole


def test_an_unknown_source_is_refused(tmp_path: Path) -> None:
    config = SimulationConfig(sources=frozenset({"carrier pigeons"}))
    with pytest.raises(ValueError, match="carrier pigeons"):
        simulate(config, tmp_path)


def test_remote_us_bets_follow_a_passed_location_check(clean: Simulation) -> None:
    checks = rows(clean, "geolocation_checks")
    bets = rows(clean, "bets_placed")
    remote = pc.and_(
        pc.starts_with(bets["jurisdiction"], "US-"), pc.is_valid(bets["device_id"])
    )
    wanted = set(
        zip(
            *(bets.filter(remote)[c].to_pylist() for c in ("customer_id", "device_id")),
            strict=True,
        )
    )
    passed = checks.filter(pc.equal(checks["result"], "passed"))
    located = set(
        zip(*(passed[c].to_pylist() for c in ("customer_id", "device_id")), strict=True)
    )
    assert located == wanted
    assert set(checks["jurisdiction"].to_pylist()) == {"US-NJ", "US-NY"}
    assert checks.num_rows > passed.num_rows > len(wanted)

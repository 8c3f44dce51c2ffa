"""Source systems beside the core ones: contracts, independence, one world."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

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
FOREVER = datetime(9999, 12, 31)
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


def keyed(table: pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


def test_every_leg_is_on_a_selection_that_trading_opened(clean: Simulation) -> None:
    ids = ("event_id", "market_id", "selection_id")
    offered = set(keyed(rows(clean, "trading_selections"), *ids))
    legs = rows(clean, "bets_placed")["legs"].to_pylist()
    assert {tuple(leg[name] for name in ids) for bet in legs for leg in bet} <= offered
    markets = rows(clean, "trading_markets")
    counts = Counter(market for _, market, _ in offered)
    assert counts == dict(keyed(markets, "market_id", "selection_count"))
    assert {event for event, *_ in offered} == set(
        rows(clean, "trading_events")["event_id"].to_pylist()
    )


def test_the_last_result_is_what_bets_are_settled_by(clean: Simulation) -> None:
    results = rows(clean, "trading_results").sort_by("result_version")
    last = {
        selection: (result, certainty)
        for selection, result, certainty in keyed(
            results, "selection_id", "result", "certainty"
        )
    }
    bets = dict(keyed(rows(clean, "bets_placed"), "bet_id", "legs"))
    settled = 0
    settlements = rows(clean, "bet_settlements")
    for bet_id, said in keyed(settlements, "bet_id", "leg_results"):
        for leg, outcome in zip(bets[bet_id], said or (), strict=False):
            if leg["selection_id"] in last and last[leg["selection_id"]][1] == 2:
                assert outcome["result"] == last[leg["selection_id"]][0]
                settled += 1
    assert settled > 300


def test_bets_are_struck_at_the_price_of_their_moment(clean: Simulation) -> None:
    order = [("priced_at", "ascending"), ("price_kind", "ascending")]
    prices = defaultdict(list)
    for selection, at, odds in keyed(
        rows(clean, "trading_prices").sort_by(order),
        "selection_id", "priced_at", "decimal_odds",
    ):  # fmt: skip
        prices[selection].append((at, odds))
    labelled = {row["item_id"] for row in clean.labels.to_pylist()}
    bets = rows(clean, "bets_placed")
    for bet_id, placed_at, legs in keyed(bets, "bet_id", "placed_at", "legs"):
        for leg in legs if bet_id not in labelled else ():
            history = prices[leg["selection_id"]]
            stood = [odds for at, odds in history if at <= placed_at]
            assert stood[-1] == leg["decimal_odds"]


def test_only_planted_bets_fall_into_a_suspension(clean: Simulation) -> None:
    suspensions = rows(clean, "trading_suspensions").sort_by("recorded_at")
    closed = defaultdict(dict)
    for market, number, since, until in keyed(
        suspensions, "market_id", "suspension_id", "suspended_at", "resumed_at"
    ):
        closed[market][number] = (since, until or FOREVER)
    bets = rows(clean, "bets_placed")
    caught = {
        bet_id
        for bet_id, placed_at, legs in keyed(bets, "bet_id", "placed_at", "legs")
        for leg in legs
        for since, until in closed[leg["market_id"]].values()
        if since <= placed_at < until
    }
    planted = {
        row["item_id"]
        for row in clean.labels.to_pylist()
        if row["kind"] == "late_bets" and row["item_id"]
    }
    assert caught == planted


def test_remote_bets_follow_a_log_in_with_the_same_device(clean: Simulation) -> None:
    log_ins = rows(clean, "log_ins")
    since = defaultdict(list)
    for customer, device, address, outcome, at in keyed(
        log_ins, "customer_id", "device_id", "ip_address", "outcome", "logged_in_at"
    ):
        if outcome == "succeeded":
            since[customer, device, address].append(at)
    bets = rows(clean, "bets_placed")
    remote = 0
    for customer, device, address, placed_at in keyed(
        bets, "customer_id", "device_id", "ip_address", "placed_at"
    ):
        if device is not None:
            assert min(since[customer, device, address]) < placed_at
            remote += 1
    assert remote > 1_500
    assert "failed" in log_ins["outcome"].to_pylist()


def test_members_of_rings_share_what_others_do_not(clean: Simulation) -> None:
    rings = {
        row["customer_id"]: row["label_id"]
        for row in clean.labels.to_pylist()
        if row["kind"] in {"multi_account_rings", "households"}
    }
    log_ins = rows(clean, "log_ins")
    shared = set()
    for column in ("device_fingerprint", "address_hash"):
        users = defaultdict(set)
        for customer, thing in keyed(log_ins, "customer_id", column):
            users[thing].add(customer)
        for together in users.values():
            if len(together) > 1:
                assert len({rings[customer] for customer in together}) == 1
                shared.add(rings[min(together)])
    assert shared

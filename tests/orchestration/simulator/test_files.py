"""Files come as the landing contract says, and the same seed gives the same bytes."""

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.simulator import (
    Dirt,
    Simulation,
    SimulationConfig,
    simulate,
    summary,
)
from orchestration.simulator.config import CORE
from orchestration.simulator.contract import FEEDS

# Written out once more on purpose: the landing contract of the three feeds.
SCHEMAS = {
    "bets_placed": {
        "bet_id": "string",
        "customer_id": "string",
        "placed_at": "timestamp[us]",
        "jurisdiction": "string",
        "currency_code": "string",
        "channel": "string",
        "device_id": "string",
        "ip_address": "string",
        "bet_type": "string",
        "line_count": "int32",
        "stake_amount": "decimal128(18, 2)",
        "bonus_stake_amount": "decimal128(18, 2)",
        "decimal_odds": "decimal128(12, 4)",
        "potential_payout_amount": "decimal128(18, 2)",
        "is_in_play": "bool",
        "promotion_id": "string",
        "legs": "list<element: struct<leg_no: int32, event_id: string, market_id: "
        "string, selection_id: string, decimal_odds: decimal128(12, 4), "
        "is_in_play: bool>>",
        "recorded_at": "timestamp[us]",
    },
    "bet_settlements": {
        "settlement_id": "string",
        "bet_id": "string",
        "settlement_version": "int32",
        "settlement_status": "string",
        "settled_stake_amount": "decimal128(18, 2)",
        "payout_amount": "decimal128(18, 2)",
        "settled_at": "timestamp[us]",
        "reason_code": "string",
        "leg_results": "list<element: struct<leg_no: int32, result: string, "
        "void_factor: decimal128(4, 3), dead_heat_factor: decimal128(6, 4)>>",
        "recorded_at": "timestamp[us]",
    },
    "customer_profiles": {
        "customer_id": "string",
        "given_name": "string",
        "family_name": "string",
        "email": "string",
        "phone": "string",
        "date_of_birth": "date32[day]",
        "address_line": "string",
        "postcode": "string",
        "country_code": "string",
        "jurisdiction": "string",
        "currency_code": "string",
        "registered_at": "timestamp[us]",
        "account_status": "string",
        "kyc_status": "string",
        "vip_tier": "string",
        "marketing_opt_in": "bool",
        "acquisition_channel": "string",
        "is_test_account": "bool",
        "updated_at": "timestamp[us]",
        "recorded_at": "timestamp[us]",
    },
}
CONFIG = SimulationConfig(days=3, bets_per_day=300, customers=400)
CLEAN = SimulationConfig(
    days=3, bets_per_day=300, customers=400, dirt=Dirt.none(), deliveries_per_day=4,
    sources=CORE,
)  # fmt: skip


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(CLEAN, tmp_path_factory.mktemp("clean"))


def checksums(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def tables(simulation: Simulation) -> Iterator[tuple[str, pa.Table]]:
    for file in simulation.files:
        yield file.table, pq.read_table(simulation.into / file.path)


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_workers(
    tmp_path: Path,
) -> None:
    simulate(CONFIG, tmp_path / "one", workers=1)
    simulate(CONFIG, tmp_path / "other", workers=3)
    assert checksums(tmp_path / "one") == checksums(tmp_path / "other")


def test_another_seed_gives_other_bytes(clean: Simulation, tmp_path: Path) -> None:
    config = SimulationConfig(seed=8, days=3, bets_per_day=300, customers=400)
    other = checksums(simulate(config, tmp_path).into)
    assert not set(other.values()) & set(checksums(clean.into).values())


def test_every_column_has_the_type_of_the_contract(clean: Simulation) -> None:
    seen = set()
    for table, rows in tables(clean):
        assert {f.name: str(f.type) for f in rows.schema} == SCHEMAS[table]
        seen.add(table)
    assert seen == set(SCHEMAS)


def test_feeds_declare_the_contract(clean: Simulation) -> None:
    del clean
    assert {feed.table: feed.schema.names for feed in FEEDS} == {
        table: list(columns) for table, columns in SCHEMAS.items()
    }


def test_files_lie_below_source_table_and_delivery_date(clean: Simulation) -> None:
    for delivery in clean.deliveries:
        for path in delivery.files:
            source, table, day, name = path.parts
            assert source == ("customers" if "profiles" in table else "betting")
            assert day == delivery.delivered_at.date().isoformat()
            assert name.startswith(f"{table}-{delivery.number:05d}-")
            assert (clean.into / path).is_file()


def test_a_days_last_delivery_is_at_two_the_next_morning(clean: Simulation) -> None:
    moments = [delivery.delivered_at for delivery in clean.deliveries]
    assert len(moments) == 12
    assert moments[3] == datetime(2026, 1, 6, 2)
    assert moments[-1] == datetime(2026, 1, 8, 2)


def test_rows_are_delivered_after_they_are_recorded(clean: Simulation) -> None:
    for delivery in clean.deliveries:
        for path in delivery.files:
            rows = pq.read_table(clean.into / path)
            assert max(rows["recorded_at"].to_pylist()) < delivery.delivered_at


def test_books_hold_deliveries_faults_and_truth(clean: Simulation) -> None:
    books = clean.into / ".simulation"
    assert {path.name for path in books.iterdir()} == {
        "breaks.parquet", "deliveries.json", "labels.parquet", "planted.json",
        "truth.parquet",
    }  # fmt: skip
    loads = [(delivery.delivered_at, delivery.files) for delivery in clean.deliveries]
    assert pq.read_table(books / "truth.parquet") == clean.truth.figures(loads)


def test_without_books_there_is_no_truth(tmp_path: Path) -> None:
    simulation = simulate(CONFIG, tmp_path, truth=False)
    books = {path.name for path in (tmp_path / ".simulation").iterdir()}
    assert books == {"deliveries.json", "labels.parquet"}
    with pytest.raises(ValueError, match="truth=True"):
        _ = simulation.truth


def test_progress_counts_the_days(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    simulate(CLEAN, tmp_path, lambda done, total: steps.append((done, total)))
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_the_summary_counts_bets_and_dirt(tmp_path: Path) -> None:
    simulation = simulate(CONFIG, tmp_path)
    lines = dict(summary(simulation))
    assert lines["bets"] == f"{simulation.tally.bets:,}"
    assert int(lines["resettlements"]) == simulation.counts["resettlements"]


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"customers": 0}, {"seed": -1}, {"deliveries_per_day": 7}]
)
def test_impossible_sizes_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        SimulationConfig(first_date=date(2026, 1, 5), **wrong)  # type: ignore[arg-type]

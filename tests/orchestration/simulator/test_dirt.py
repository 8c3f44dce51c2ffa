"""Every kind of dirt can be switched, is counted, and lies where it is said to lie."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.simulator import Dirt, Simulation, SimulationConfig, simulate
from orchestration.simulator.config import BAD_ROW_RATES, FILE_RATES, KINDS
from orchestration.simulator.files import STORY
from orchestration.simulator.sayings import good_rows

SIZE = {"days": 9, "bets_per_day": 700, "customers": 900}
SMALL = SIZE | {"sources": frozenset({"geolocation"})}  # one more feed stands for all
REASONS = {
    "null_values": {"null_not_allowed"},
    "blank_keys": {"blank_key"},
    "unknown_values": {"value_not_allowed"},
    "malformed_currencies": {"value_not_allowed"},
    "amounts_out_of_range": {"out_of_range", "inconsistent_row"},
    "odds_below_one": {"out_of_range"},
    "counts_below_one": {"out_of_range"},
    "absurd_timestamps": {"out_of_range", "inconsistent_row"},
    "overlong_ids": {"too_long"},
    "overlong_texts": {"too_long"},
    "nul_characters": {"bad_encoding"},
    "invalid_utf8": {"bad_encoding"},
    "payouts_without_stake": {"inconsistent_row"},
    "rollbacks_with_amounts": {"inconsistent_row"},
    "bonus_above_stake": {"inconsistent_row"},
    "bets_without_legs": {"inconsistent_row"},
    "text_instead_of_parquet": {"unreadable_file"},
    "truncated_files": {"unreadable_file"},
    "zero_byte_files": {"unreadable_file"},
    "missing_columns": {"missing_column"},
    "amounts_as_text": {"wrong_type"},
    "timestamps_as_text": {"wrong_type"},
    "four_decimals": {"not_representable"},
    "not_a_number": {"not_a_number"},
}


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(SimulationConfig(**SIZE), tmp_path_factory.mktemp("dirty"))  # type: ignore[arg-type]


def read(simulation: Simulation, path: str) -> pa.Table:
    return pq.read_table(simulation.into / path)


def planted(simulation: Simulation, kind: str) -> list[tuple[str, int]]:
    """File and row of each row that a kind struck."""
    return [
        (fault.path, fault.row_number)
        for fault in simulation.planted
        if fault.kind == kind and fault.row_number is not None
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_planted_and_counted(dirty: Simulation, kind: str) -> None:
    places = [fault for fault in dirty.planted if fault.kind == kind]
    rows = {(fault.path, fault.row_number) for fault in places}
    assert len(rows) == dirty.counts[kind] > 0
    assert {fault.reason for fault in places} <= REASONS.get(kind, {None})


def test_a_clean_operator_plants_nothing(tmp_path: Path) -> None:
    config = SimulationConfig(**SMALL, dirt=Dirt.none())  # type: ignore[arg-type]
    simulation = simulate(config, tmp_path)
    assert not simulation.planted
    assert not simulation.counts


@pytest.mark.parametrize("kind", ["resettlements", "blank_keys", "truncated_files"])
def test_one_kind_alone_plants_nothing_else(tmp_path: Path, kind: str) -> None:
    config = SimulationConfig(**SMALL, dirt=Dirt.only(kind))  # type: ignore[arg-type]
    assert set(simulate(config, tmp_path).counts) == {kind}


@pytest.mark.parametrize("kind", ["rollbacks", "null_values", "not_a_number"])
def test_a_kind_can_be_left_out(tmp_path: Path, kind: str) -> None:
    config = SimulationConfig(**SMALL, dirt=Dirt.all().without(kind))  # type: ignore[arg-type]
    assert set(KINDS) - set(simulate(config, tmp_path).counts) == {kind}


def test_unknown_kinds_and_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="no dirt is called"):
        Dirt.only("mud")
    with pytest.raises(ValueError, match="must lie in"):
        Dirt({"rollbacks": 2.0})


def test_there_are_many_kinds_of_bad_rows_and_files() -> None:
    assert len(BAD_ROW_RATES) + len(FILE_RATES) >= 30


def test_bad_values_lie_where_they_are_said_to_lie(dirty: Simulation) -> None:
    found = Counter[str]()
    for fault in dirty.planted:
        if fault.kind not in BAD_ROW_RATES or fault.kind == "invalid_utf8":
            continue
        value = read(dirty, fault.path)[fault.column][fault.row_number].as_py()
        checks = {
            "null_values": value is None,
            "blank_keys": isinstance(value, str) and not value.strip(),
            "overlong_ids": isinstance(value, str) and len(value) > 64,
            "overlong_texts": isinstance(value, str) and len(value) > 256,
            "nul_characters": isinstance(value, str) and "\0" in value,
            "absurd_timestamps": isinstance(value, datetime)
            and not 2000 <= value.year < 2100,
            "bets_without_legs": value == [],
        }
        assert checks.get(fault.kind, True)
        found[fault.kind] += 1
    assert len(found) == len(BAD_ROW_RATES) - 1


def test_text_of_bad_rows_may_not_be_utf8(dirty: Simulation) -> None:
    fault = next(f for f in dirty.planted if f.kind == "invalid_utf8")
    column = read(dirty, fault.path)[fault.column].cast(pa.binary())
    with pytest.raises(UnicodeDecodeError):
        column[fault.row_number].as_py().decode()


def test_refused_files_are_broken_as_said(dirty: Simulation) -> None:
    for fault in dirty.planted:
        if fault.reason == "unreadable_file":
            with pytest.raises(pa.ArrowException):
                read(dirty, fault.path)
        elif fault.reason == "missing_column":
            assert fault.column not in read(dirty, fault.path).column_names
        elif fault.reason == "wrong_type":
            assert read(dirty, fault.path).schema.field(fault.column).type == "string"


def test_duplicate_files_have_the_same_bytes(dirty: Simulation) -> None:
    copies = [file for file in dirty.files if file.copy_of]
    assert copies
    for file in copies:
        assert file.copy_of is not None
        first = (dirty.into / file.copy_of).read_bytes()
        assert (dirty.into / file.path).read_bytes() == first


def test_resent_files_repeat_add_and_correct_rows(dirty: Simulation) -> None:
    again = [file for file in dirty.files if file.path.endswith("-resent.parquet")]
    resent = [file for file in again if file.row_count >= 5]
    assert resent
    loads = [(delivery.delivered_at, delivery.files) for delivery in dirty.deliveries]
    accounts = {a.path: a for a in dirty.truth.accounting(loads)}
    assert all(accounts[file.path].rows_duplicate for file in resent)
    assert all(accounts[file.path].rows_loaded for file in resent)


def test_late_settlements_are_hours_to_days_late(dirty: Simulation) -> None:
    for path, row in planted(dirty, "late_settlements"):
        rows = read(dirty, path)
        late = rows["recorded_at"][row].as_py() - rows["settled_at"][row].as_py()
        assert timedelta(hours=1) < late < timedelta(days=8)


def test_versions_come_out_of_order(dirty: Simulation) -> None:
    struck = defaultdict(list)
    places = set(planted(dirty, "out_of_order_versions"))
    delivered = defaultdict(dict)
    for file in dirty.files:
        for row in good_rows(file) if file.table == "bet_settlements" else []:
            versions = delivered[row.said.bet_id]
            earliest = versions.get(row.said.version, file.delivery)
            versions[row.said.version] = min(file.delivery, earliest)
            if (file.path, row.row_number) in places:
                struck[row.said.bet_id].append(row.said.version)
    assert struck
    late = [
        versions[number] > versions[number + 1]
        for bet, numbers in struck.items()
        for number in numbers
        if (versions := delivered[bet]).get(number + 1)
    ]
    assert sum(late) > len(late) * 0.8


def test_bets_come_after_their_settlement_or_never(dirty: Simulation) -> None:
    bets: dict[str, int] = {}
    for file in dirty.files:
        for row in good_rows(file) if file.table == "bets_placed" else []:
            bets[row.said.bet_id] = min(
                file.delivery, bets.get(row.said.bet_id, file.delivery)
            )
    orphans = [
        read(dirty, path)["bet_id"][row].as_py()
        for path, row in planted(dirty, "settlements_without_bet")
    ]
    assert orphans
    assert not set(orphans) & set(bets)


def test_rows_of_a_key_differ_only_if_recorded_at_different_times(
    dirty: Simulation,
) -> None:
    keys = {"bets_placed": 1, "bet_settlements": 2, "customer_profiles": 2}
    contents = defaultdict(set)
    for file in dirty.files:
        for row in good_rows(file):
            said = row.said
            key = said[: keys[file.table]] if file.table in keys else said.key
            place = (file.table, *key, row.recorded_at)
            contents[place].add(row.content)
    assert contents
    assert all(len(said) == 1 for said in contents.values())


def test_rows_of_a_key_say_something_else_if_their_content_differs(
    dirty: Simulation,
) -> None:
    rows = defaultdict(list)
    for file in dirty.files:
        for row in good_rows(file):
            key = row.said.key if hasattr(row.said, "key") else row.said[:2]
            rows[file.table, key].append((file.path, row.row_number, row.content))
    contested: dict[str, list[Any]] = defaultdict(list)
    for (table, key), places in rows.items():
        if len({content for *_, content in places}) > 1:
            for path, number, content in places:
                contested[path].append((table, key, number, content))
    said: dict[Any, dict[Any, set[int]]] = defaultdict(lambda: defaultdict(set))
    for path, places in contested.items():
        numbers = [number for _, _, number, _ in places]
        found = read(dirty, path).take(numbers).drop_columns("recorded_at").to_pylist()
        for (table, key, _, content), values in zip(places, found, strict=True):
            said[table, key][repr(sorted(values.items()))].add(content)
    assert said
    assert [key for key, v in said.items() if any(len(c) > 1 for c in v.values())] == []


def test_books_agree_with_the_files_row_by_row(dirty: Simulation) -> None:
    texts = {"bet_id", "customer_id"}
    for file in dirty.files:
        if file.rows is None or file.refused:
            continue
        rows = read(dirty, file.path)
        assert rows.num_rows == file.row_count == file.rows.num_rows
        good = file.rows["refusals"].is_null()
        for column in set(STORY.get(file.table, ())) - texts:
            meant = file.rows[column].filter(good)
            written = rows[column].filter(good).cast(meant.type)
            assert written.to_pylist() == meant.to_pylist()

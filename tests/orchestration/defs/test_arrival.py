"""What the sensor does about files in landing."""

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.ingest import arrival
from orchestration.defs.ingest.arrival import Arrival, fingerprint, not_loaded, tick
from orchestration.defs.ingest.landing import CONTRACTS
from orchestration.errors import WarehouseBusyError
from tests.orchestration import story

BETS = Arrival("betting/bets_placed/a.parquet", 100, 1)
SETTLEMENTS = Arrival("betting/bet_settlements/a.parquet", 50, 2)
BOTH = [BETS, SETTLEMENTS]


def loaded(*files: Arrival) -> dict[str, set[tuple[int, int, str]]]:
    return {one.path: {(one.size_bytes, one.modified_ns, "checksum")} for one in files}


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path))
    return tmp_path / "landing"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def look(
    instance: dg.DagsterInstance, cursor: str | None = None
) -> dg.SensorResult | dg.SkipReason:
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        result = arrival.landing_sensor(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def test_only_files_that_no_load_has_seen_wait() -> None:
    assert not_loaded(BOTH, loaded(BETS)) == [SETTLEMENTS]
    assert not_loaded(BOTH, {}) == BOTH


def test_a_file_sent_again_with_other_bytes_waits() -> None:
    again = BETS._replace(size_bytes=101)
    assert not_loaded([again], loaded(BETS)) == [again]


def test_the_run_key_names_the_set_of_files() -> None:
    assert fingerprint(BOTH) == fingerprint(reversed(BOTH))
    assert fingerprint(BOTH) != fingerprint([BETS])
    assert fingerprint(BOTH) != fingerprint([BETS._replace(modified_ns=9), SETTLEMENTS])


def test_waiting_files_request_one_run_for_all() -> None:
    result = tick(BOTH, loaded(BETS))
    assert [r.run_key for r in result.run_requests or ()] == [
        fingerprint([SETTLEMENTS])
    ]


def test_loaded_files_request_nothing_and_say_why() -> None:
    result = tick(BOTH, loaded(*BOTH))
    assert not result.run_requests
    assert isinstance(result.skip_reason, dg.SkipReason)
    assert result.skip_reason.skip_message == "All 2 files in landing are loaded."


def test_what_waits_is_observed_per_table() -> None:
    observed = {
        event.asset_key.to_user_string(): event.metadata["files_waiting"].value
        for event in tick(BOTH, loaded(BETS)).asset_events
    }
    assert observed["landing/betting/bet_settlements"] == 1
    assert observed["landing/betting/bets_placed"] == 0
    assert len(observed) == len(CONTRACTS)
    assert sum(observed.values()) == 1


def test_a_file_that_lands_requests_a_run(
    landing: Path, instance: dg.DagsterInstance
) -> None:
    story.land(landing, "betting/bets_placed", "a", [story.bet("bet-1")])
    result = look(instance)
    assert isinstance(result, dg.SensorResult)
    assert len(result.run_requests or ()) == 1


def test_an_unchanged_landing_is_not_looked_into(
    landing: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.land(landing, "betting/bets_placed", "a", [story.bet("bet-1")])
    first = look(instance)
    assert isinstance(first, dg.SensorResult)
    monkeypatch.setattr(arrival, "files_loaded", lambda settings: pytest.fail("opened"))
    assert look(instance, first.cursor) == dg.SkipReason(
        "No file has come since the last look."
    )


def test_files_still_being_written_are_not_seen(
    landing: Path, instance: dg.DagsterInstance
) -> None:
    story.land(landing, "betting/bets_placed", ".a", [story.bet("bet-1")])
    result = look(instance)
    assert isinstance(result, dg.SensorResult)
    assert not result.run_requests


@pytest.mark.parametrize(
    "status",
    # Only a code location can make a queued run.
    [s for s in arrival.IN_FLIGHT if s is not dg.DagsterRunStatus.QUEUED],
)
def test_a_run_in_flight_is_waited_for(
    landing: Path, instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    story.land(landing, "betting/bets_placed", "a", [story.bet("bet-1")])
    instance.add_run(
        dg.DagsterRun(job_name="daily_build", run_id="run-1", status=status)
    )
    assert look(instance) == dg.SkipReason("Run run-1 is in flight; looking later.")


@pytest.mark.parametrize(
    "status", [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
)
def test_a_run_that_ended_is_not_waited_for(
    landing: Path, instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    story.land(landing, "betting/bets_placed", "a", [story.bet("bet-1")])
    instance.add_run(
        dg.DagsterRun(job_name="daily_build", run_id="run-1", status=status)
    )
    assert isinstance(look(instance), dg.SensorResult)


@pytest.mark.usefixtures("landing")
def test_a_warehouse_held_by_somebody_is_waited_for(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(settings: object) -> None:
        raise WarehouseBusyError(str(settings))

    monkeypatch.setattr(arrival, "files_loaded", held)
    assert look(instance) == dg.SkipReason(
        "Another process holds the warehouse; looking later."
    )


def test_a_touched_file_is_offered_once(
    landing: Path, instance: dg.DagsterInstance
) -> None:
    file = story.land(landing, "betting/bets_placed", "a", [story.bet("bet-1")])
    first = look(instance)
    os.utime(file, ns=(1, 1))
    second = look(instance, first.cursor if isinstance(first, dg.SensorResult) else "")
    assert isinstance(second, dg.SensorResult)
    assert isinstance(look(instance, second.cursor), dg.SkipReason)

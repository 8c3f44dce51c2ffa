"""Publishing: readers get what was built, whole and checked, or keep what they have."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from orchestration import audit as trail
from orchestration.access.rights import Policy
from orchestration.errors import WarehouseBusyError, WarehouseError
from orchestration.serving.publication import AuditError, Options
from orchestration.serving.publish import publish
from orchestration.serving.rollback import publications, roll_back
from orchestration.serving.shelf import Shelf
from orchestration.settings import Settings
from tests.serving.published import differences
from tests.serving.stand_in import LEDGER, StandIn, moment

OPEN_BETS = "finance.fct_open_bets"
FAILURE = (
    "insert into raw.failures (node_id, status, invocation_id, first_failed_at, "
    "last_failed_at) values ('{node}', '{status}', '', '2026-01-05', '2026-01-05')"
)


def asked(settings: Settings, query: str, audience: str = "finance") -> list[Any]:
    file = settings.serving / audience / "current.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_audience_gets_its_relations_row_by_row(settings: Settings) -> None:
    warehouse = StandIn(settings)
    done = publish(warehouse.settings)
    assert done.is_new
    assert differences(warehouse.settings) == []
    [(version, audience, as_of, revision)] = asked(
        warehouse.settings,
        "select version, audience, data_as_of, code_revision from publication",
    )
    assert (version, audience, as_of) == (1, "finance", moment(0))
    assert revision
    comments = asked(
        warehouse.settings,
        "select count(*) from duckdb_columns() where comment is not null",
    )
    assert comments[0][0] > 300


def test_only_what_changed_is_written_and_the_same_is_not_published_twice(
    warehouse: StandIn,
) -> None:
    settings = warehouse.settings
    publish(settings)
    assert not publish(settings).is_new
    warehouse.execute(
        f"insert into {LEDGER} select * replace ({moment_sql(1)} as known_at) "
        f"from {LEDGER} limit 2",
        f"update {OPEN_BETS} set open_stake_amount = 7",
    )
    done = publish(settings)
    assert done.is_new
    assert done.changed["finance"] == [LEDGER, OPEN_BETS]
    assert done.changed["risk"] == [OPEN_BETS]
    assert done.changed["regulator_gb"] == [LEDGER]
    assert differences(settings) == []


def moment_sql(tick: int) -> str:
    return f"timestamp '{moment(tick)}'"


def test_files_go_through_many_ticks_without_losing_a_row(warehouse: StandIn) -> None:
    settings = warehouse.settings
    for _ in range(6):
        warehouse.advance()
        publish(settings)
    assert differences(settings) == []
    assert [row["version"] for row in publications(settings)] == [6, 5, 4]
    # Files of versions that were let go of are gone on from, not left lying.
    kept = {f"{version}.duckdb" for version in (4, 5, 6)}
    assert {f.name for f in (settings.serving / "risk").iterdir()} == kept | {
        "current.duckdb"
    }


def test_rows_that_change_without_being_new_are_found_by_their_number(
    warehouse: StandIn,
) -> None:
    publish(warehouse.settings)
    warehouse.execute(f"delete from {LEDGER} where jurisdiction = 'ES'")
    publish(warehouse.settings, Options(accept="rows are taken out by this test"))
    assert differences(warehouse.settings) == []


def test_a_reader_who_stays_keeps_what_it_opened(warehouse: StandIn) -> None:
    settings = warehouse.settings
    publish(settings)
    file = settings.serving / "finance" / "current.duckdb"
    with duckdb.connect(str(file), read_only=True) as reader:
        before = reader.execute(f"from {OPEN_BETS}").fetchall()
        for _ in range(5):
            warehouse.advance()
            publish(settings)
        assert reader.execute(f"from {OPEN_BETS}").fetchall() == before
    assert asked(settings, f"from {OPEN_BETS}") != before


def test_an_audience_that_is_new_and_a_broken_candidate_are_no_trouble(
    warehouse: StandIn, policy: Policy
) -> None:
    settings = warehouse.settings
    publish(settings)
    (settings.serving / "finance" / "next.duckdb").write_bytes(b"no database")
    new = next(row for row in policy.access if row["audience"] == "finance")
    policy.access.append(new | {"audience": "platform"})
    done = publish(settings)
    assert (done.version, done.changed["platform"]) == (2, [LEDGER])
    assert differences(settings) == []
    file = settings.serving / "platform" / "2.duckdb"
    assert file.stat().st_mode & 0o777 == 0o440


def test_a_failed_test_of_the_last_build_publishes_nothing(warehouse: StandIn) -> None:
    settings = warehouse.settings
    publish(settings)
    warehouse.advance()
    node = next(
        n for n in warehouse.nodes if n.startswith("test.") and "fct_open_bets" in n
    )
    warehouse.execute(FAILURE.format(node=node, status="fail"))
    with pytest.raises(AuditError, match="fct_open_bets") as failed:
        publish(settings)
    assert failed.value.exit_code == 3
    assert asked(settings, "select version from publication") == [(1,)]
    # What failed and is no longer in the project says nothing any more.
    warehouse.execute("update raw.failures set node_id = 'test.of_a_model_that_went'")
    assert publish(settings).version == 2


def test_a_build_that_was_broken_off_is_not_published(warehouse: StandIn) -> None:
    warehouse.execute(FAILURE.format(node="build", status="unfinished"))
    with pytest.raises(AuditError, match="broken off"):
        publish(warehouse.settings)


@pytest.mark.usefixtures("policy")
def test_a_relation_that_lost_half_its_rows_is_held_until_somebody_accepts(
    settings: Settings,
) -> None:
    warehouse = StandIn(settings, ledger=3000)
    publish(settings)
    warehouse.execute(f"delete from {LEDGER} where bet_key % 2 = 0")
    with pytest.raises(AuditError, match=r"rows of .*ledger_entries went from 3,000"):
        publish(settings)
    # The candidate stays and is gone on from, and is nobody else's.
    candidate = settings.serving / "finance" / "next.duckdb"
    assert candidate.stat().st_mode & 0o777 == 0o600
    warehouse.execute(f"insert into {LEDGER} from {LEDGER}")
    assert publish(settings).is_new
    warehouse.execute(f"delete from {LEDGER} where bet_key % 2 = 1 and bet_id > '0-2'")
    done = publish(settings, Options(accept="half of it was a drill"))
    assert done.is_new
    assert publications(settings)[0]["accepted"] == "half of it was a drill"
    assert differences(settings) == []


@pytest.mark.usefixtures("policy")
def test_a_sum_that_jumps_is_held(settings: Settings) -> None:
    warehouse = StandIn(settings, ledger=3000)
    warehouse.execute(f"update {LEDGER} set handle_amount = 100")
    publish(settings)
    warehouse.execute(
        f"insert into {LEDGER} select * replace ({moment_sql(1)} as known_at, "
        f"1000000 as handle_amount) from {LEDGER} limit 2"
    )
    with pytest.raises(AuditError, match=r"handle_amount of .*ledger_entries went"):
        publish(settings)


@pytest.mark.parametrize(
    "change",
    [
        f"alter table {OPEN_BETS} drop column channel",
        f"alter table {OPEN_BETS} alter column channel type integer using 1",
        f"drop table {OPEN_BETS}",
    ],
)
def test_a_relation_other_than_declared_is_not_published(
    warehouse: StandIn, change: str
) -> None:
    warehouse.execute(change)
    with pytest.raises(AuditError, match=r"finance\.fct_open_bets"):
        publish(warehouse.settings)


def test_a_column_that_nobody_declared_reaches_nobody(warehouse: StandIn) -> None:
    warehouse.execute(f"alter table {OPEN_BETS} add column email varchar default 'x'")
    publish(warehouse.settings)
    assert asked(
        warehouse.settings,
        "select count(*) from duckdb_columns() where column_name = 'email'",
    ) == [(0,)]


def test_older_data_does_not_take_the_place_of_newer(warehouse: StandIn) -> None:
    warehouse.advance()
    publish(warehouse.settings)
    older = moment(1) - timedelta(days=1)
    warehouse.execute(f"update raw.snapshot_window set known_after = '{older}'")
    with pytest.raises(AuditError, match="would take the place"):
        publish(warehouse.settings)


def test_a_rollback_holds_until_somebody_resumes(warehouse: StandIn) -> None:
    settings = warehouse.settings
    for _ in range(3):
        warehouse.advance()
        publish(settings)
    assert roll_back(settings, "wrong odds") == 2
    assert asked(settings, "select version from publication") == [(2,)]
    assert asked(settings, "select version from publication", "risk") == [(2,)]
    assert roll_back(settings, "still wrong") == 1
    states = {row["version"]: row["state"] for row in publications(settings)}
    assert states == {3: "withdrawn", 2: "withdrawn", 1: "current"}
    with pytest.raises(WarehouseError, match="still wrong"):
        publish(settings)
    done = publish(settings, Options(resume=True))
    assert done.version == 4
    assert [row["version"] for row in publications(settings)] == [4, 1]
    assert differences(settings) == []
    with pytest.raises(WarehouseError, match="no publication 9"):
        roll_back(settings, "further than there is", to=9)
    actions = [one.action for one in trail.records(settings)]
    assert actions == ["publish"] * 3 + ["rollback"] * 2 + ["publish"]


def test_one_publisher_at_a_time_and_none_beside_a_writer(warehouse: StandIn) -> None:
    with (
        Shelf(warehouse.settings.serving).only_publisher(),
        pytest.raises(WarehouseBusyError, match="somebody else"),
    ):
        publish(warehouse.settings)
    holds = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True)"
    path = str(warehouse.settings.database)
    with subprocess.Popen(
        [sys.executable, "-c", f"{holds}; sys.stdin.read()", path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()
        with pytest.raises(WarehouseBusyError):
            publish(warehouse.settings)
        writer.communicate(b"")
    assert publish(warehouse.settings).is_new


def test_rights_that_were_taken_away_leave_nothing_in_the_file(
    warehouse: StandIn, policy: Policy
) -> None:
    settings = warehouse.settings
    marker = "0b5c-planted-text"
    warehouse.execute(f"update core.dim_customers set kyc_status = '{marker}'")
    publish(settings)
    file = settings.serving / "risk" / "current.duckdb"
    assert marker.encode() in file.read_bytes()
    policy.hidden.append(
        {
            "audience": "risk",
            "schema_name": "core",
            "relation_name": "dim_customers",
            "column_name": "kyc_status",
            "reason": "a test",
        }
    )
    publish(settings)
    assert marker.encode() not in file.read_bytes()
    # Nor can anybody go back to it, or open an older version.
    assert [row["version"] for row in publications(settings)] == [2]
    assert not file.with_name("1.duckdb").exists()


def test_an_audience_that_is_no_more_has_no_file(
    warehouse: StandIn, policy: Policy
) -> None:
    settings = warehouse.settings
    publish(settings)
    policy.access[:] = [row for row in policy.access if row["audience"] != "risk"]
    assert publish(settings).is_new
    assert [*(settings.serving / "risk").iterdir()] == []
    warehouse.advance()
    publish(settings)
    assert differences(settings) == []

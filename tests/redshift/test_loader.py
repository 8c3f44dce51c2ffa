"""`warehouse load` on Redshift: nothing lost and nothing doubled, whatever happens."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.bookkeeping import latest_loads
from orchestration.database import only_writer, open_warehouse
from orchestration.errors import WarehouseBusyError, WarehouseError
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.landing import files_misplaced, files_waiting, load_landed
from orchestration.ingest.ledger import files_seen
from orchestration.ingest.load import LoadReport, load
from orchestration.queries import figures_as_of
from orchestration.redshift import connection as redshift_connection
from orchestration.redshift.bucket import Landed, Prefix
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.transform import dbt
from tests.orchestration.story import MONDAY, bet, land, leg, profile, settlement
from tests.redshift.emulator import EmulatedRedshift

BETS = "betting/bets_placed"
KILLED_BEFORE_COMMIT = """
import os, signal
from orchestration.ingest import load
load.record = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from orchestration.cli import main
main()
"""


@dataclass
class Loader:
    """A warehouse on the emulation with a landing directory of its own."""

    settings: Settings

    def land(self, table: str, name: str, rows: list[dict[str, Any]]) -> Path:
        return land(self.settings.landing, table, name, rows)

    def load(self) -> LoadReport:
        with open_warehouse(self.settings) as connection:
            return load_landed(self.settings, connection)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings, read_only=True) as connection:
            return connection.execute(query).fetchall()

    def bets(self) -> list[str]:
        found = self.rows('select bet_id from "raw".betting__bets_placed')
        return sorted(bet_id for (bet_id,) in found)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, so that dbt parses once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def loader(
    redshift: EmulatedRedshift, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Loader]:
    for name, value in redshift.env().items():
        monkeypatch.setenv(name, value)
    yield Loader(Settings(home, "redshift"))
    shutil.rmtree(home / "landing", ignore_errors=True)
    with redshift.connect() as connection:
        connection.autocommit = True
        for schema in ('"raw"', "vault"):
            connection.cursor().execute(f"drop schema if exists {schema} cascade")


def test_a_file_is_loaded_once_however_often_it_comes(loader: Loader) -> None:
    first = loader.land(BETS, "first", [bet("a"), bet("b")])
    assert loader.load().total("rows_loaded") == 2
    assert loader.load().load_id is None
    first.touch()
    assert loader.load().load_id is None
    loader.land(BETS, "again", [bet("a"), bet("b")])
    again = loader.load()
    assert (again.total("rows_loaded"), again.total("rows_duplicate")) == (0, 2)
    assert loader.bets() == ["a", "b"]


def test_statements_are_left_and_the_load_says_so(loader: Loader) -> None:
    file = loader.settings.landing / "statements" / "partner" / "2026-01.csv"
    file.parent.mkdir(parents=True)
    file.write_text("licence,month,ggr\nGB,2026-01,1.00\n")
    assert loader.load().statements_left == 1
    loader.land(BETS, "first", [bet("a")])
    report = loader.load()
    assert (report.statements_left, report.total("rows_loaded")) == (1, 1)


def test_legs_results_and_identifiers_go_where_they_belong(loader: Loader) -> None:
    results = [{"leg_no": 1, "result": "won", "void_factor": None}]
    loader.land(BETS, "bets", [bet("a", legs=[leg(1), leg(2)])])
    loader.land("betting/bet_settlements", "s", [settlement("a", leg_results=results)])
    loader.land("customers/customer_profiles", "p", [profile("c", email="x@y.test")])
    loader.load()
    legs = loader.rows('select leg_no from "raw".betting__bets_placed__legs')
    assert sorted(legs) == [(1,), (2,)]
    [result] = loader.rows(
        "select settlement_version, result"
        ' from "raw".betting__bet_settlements__leg_results'
    )
    assert result == (1, "won")
    assert loader.rows("select email from vault.customers__customer_profiles") == [
        ("x@y.test",)
    ]


def test_a_correction_replaces_and_changed_legs_are_one(loader: Loader) -> None:
    later = MONDAY + timedelta(hours=1)
    loader.land(BETS, "first", [bet("a", legs=[leg(1), leg(2)]), bet("b")])
    loader.load()
    reordered = bet("a", legs=[leg(2), leg(1)], recorded_at=later)
    other_leg = bet("b", legs=[leg(1, market_id="other")], recorded_at=later)
    loader.land(BETS, "second", [reordered, other_leg])
    report = loader.load()
    assert (report.total("rows_loaded"), report.total("rows_duplicate")) == (1, 1)
    revisions = loader.rows(
        "select bet_id, revision, replaced_at is null, confirmed_at"
        ' from "raw".betting__bets_placed order by bet_id, revision'
    )
    assert revisions == [
        ("a", 1, True, later),
        ("b", 1, False, MONDAY),
        ("b", 2, True, later),
    ]


def test_bad_files_stop_themselves_only(loader: Loader) -> None:
    good = loader.land(BETS, "good", [bet("a")])
    table = pq.read_table(good)
    pq.write_table(table.drop_columns(["channel"]), good.with_name("short.parquet"))
    pq.write_table(
        table.set_column(
            table.schema.get_field_index("stake_amount"),
            "stake_amount",
            pa.array(["10.00"]),
        ),
        good.with_name("text.parquet"),
    )
    good.with_name("cut.parquet").write_bytes(good.read_bytes()[:-20])
    good.with_name("void.parquet").write_bytes(b"")
    pq.write_table(
        table.append_column("more", pa.array([1])), good.with_name("wide.parquet")
    )
    report = loader.load()
    assert {Path(f.file.path).stem: f.reason for f in report.files} == {
        "good": None,
        "wide": None,
        "short": "missing_column",
        "text": "wrong_type",
        "cut": "unreadable_file",
        "void": "unreadable_file",
    }
    assert loader.bets() == ["a"]


def test_what_copy_would_refuse_is_quarantined_before_it(loader: Loader) -> None:
    long_event = leg(1, event_id="é" * 33)  # 66 bytes of 64
    loader.land(
        BETS,
        "rows",
        [
            bet("good", customer_id="é" * 32),
            bet("leg", legs=[long_event]),
            bet("nul", legs=[leg(1, market_id="a\0b")]),
            bet("é" * 33),
            bet("far", promotion_id="x" * 65),
        ],
    )
    born = datetime(2000, 1, 1).date().replace(year=9999)
    loader.land("customers/customer_profiles", "p", [profile("c", date_of_birth=born)])
    report = loader.load()
    assert report.total("rows_quarantined") == 4
    assert loader.bets() == ["good"]
    reasons = loader.rows('select column_name, reason from "raw".quarantine')
    assert sorted(reasons) == [
        ("bet_id", "too_long"),
        ("legs", "not_representable"),
        ("legs", "not_representable"),
        ("promotion_id", "too_long"),
    ]


def _lose_a_file(prefix: Prefix, manifest: str) -> None:
    key = manifest.split("/", 3)[3].replace(".manifest", "/0000.parquet")
    prefix._s3.delete_object(Bucket=prefix._bucket, Key=key)


def _misstate_a_length(prefix: Prefix, manifest: str) -> None:
    _edit(prefix, manifest, lambda body: body.replace(b'_length": ', b'_length": 1'))


def _leave_lengths_out(prefix: Prefix, manifest: str) -> None:
    _edit(prefix, manifest, lambda body: body.replace(b"content_length", b"length"))


def _name_another_file(prefix: Prefix, manifest: str) -> None:
    _edit(prefix, manifest, lambda body: body.replace(b"0000.parquet", b"0001.parquet"))


def _add_a_column(prefix: Prefix, manifest: str) -> None:
    url = manifest.replace(".manifest", "/0000.parquet")
    key = url.split("/", 3)[3]
    body = prefix._s3.get_object(Bucket=prefix._bucket, Key=key)["Body"].read()
    table = pq.read_table(pa.BufferReader(body)).append_column("x", pa.array([1]))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    content = sink.getvalue().to_pybytes()
    prefix._s3.put_object(Bucket=prefix._bucket, Key=key, Body=content)
    length = f'"content_length": {len(content)}'.encode()
    before = f'"content_length": {len(body)}'.encode()
    _edit(prefix, manifest, lambda text: text.replace(before, length))


def _edit(prefix: Prefix, manifest: str, change: Callable[[bytes], bytes]) -> None:
    key = manifest.split("/", 3)[3]
    body = prefix._s3.get_object(Bucket=prefix._bucket, Key=key)["Body"].read()
    assert change(body) != body
    prefix._s3.put_object(Bucket=prefix._bucket, Key=key, Body=change(body))


@pytest.mark.parametrize(
    "harm",
    [
        _lose_a_file,
        _misstate_a_length,
        _leave_lengths_out,
        _name_another_file,
        _add_a_column,
    ],
)
def test_what_s3_or_a_manifest_gets_wrong_undoes_the_load(
    loader: Loader,
    monkeypatch: pytest.MonkeyPatch,
    harm: Callable[[Prefix, str], None],
) -> None:
    loader.land(BETS, "before", [bet("before")])
    loader.load()
    loader.land(BETS, "bets", [bet("a")])
    loader.land("customers/customer_profiles", "p", [profile("c")])
    right = Prefix.put_with_manifest

    def harmed(prefix: Prefix, files: list[Path], name: str) -> str:
        manifest = right(prefix, files, name)
        # The second relation of the load: the first has been copied by then.
        if "0003-incoming" in name:
            harm(prefix, manifest)
        return manifest

    with monkeypatch.context() as patched:
        patched.setattr(Prefix, "put_with_manifest", harmed)
        with pytest.raises(WarehouseError, match="Redshift"):
            loader.load()
    assert loader.bets() == ["before"]
    assert len(loader.rows('select * from "raw".files')) == 1
    assert _staged() == []
    assert loader.load().total("rows_loaded") == 2
    assert loader.bets() == ["a", "before"]
    assert _staged() == []


def test_a_kill_between_copy_and_commit_leaves_nothing_behind(loader: Loader) -> None:
    loader.land(BETS, "bets", [bet("a"), bet("b")])
    process = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_COMMIT, "load", "--target", "redshift"],
        env=os.environ | {"WAREHOUSE_HOME": str(loader.settings.home)},
        cwd=PROJECT_DIR,
        capture_output=True,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert len(_staged()) > 0, "it had copied by then"
    assert loader.bets() == []
    assert loader.load().total("rows_loaded") == 2
    assert loader.bets() == ["a", "b"]
    assert loader.load().load_id is None
    assert _staged() == []


def test_loaders_and_builds_exclude_each_other(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redshift_connection, "LOCK_TIMEOUT_SECONDS", 1)
    loader.land(BETS, "bets", [bet("a")])
    loader.load()
    loader.land(BETS, "more", [bet("b")])
    with only_writer(loader.settings), pytest.raises(WarehouseBusyError) as busy:
        loader.load()
    assert busy.value.exit_code == 4
    assert loader.bets() == ["a"], "readers are not kept waiting"
    loader.load()
    assert loader.bets() == ["a", "b"]


def test_files_land_on_s3(
    loader: Loader,
    redshift: EmulatedRedshift,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    bucket = redshift.env()["REDSHIFT_S3_BUCKET"]
    on_s3 = replace(loader.settings, landing_url=f"s3://{bucket}/landing")
    remote = Loader(on_s3)
    for name in ("bets", "_hidden", "gone"):
        file = land(tmp_path, BETS, name, [bet(name)])
        boto3.client("s3").upload_file(str(file), bucket, f"landing/{BETS}/{file.name}")
    boto3.client("s3").upload_file(str(file), bucket, "landing/stray.parquet")
    right = Prefix.fetch

    def fetch(prefix: Prefix, one: Landed, into: Path) -> None:
        if "gone" in one.path:
            boto3.client("s3").delete_object(Bucket=bucket, Key=f"landing/{one.path}")
        right(prefix, one, into)

    monkeypatch.setattr(Prefix, "fetch", fetch)
    with open_warehouse(on_s3) as connection:
        assert remote.load().total("rows_loaded") == 1
        assert files_waiting(on_s3, files_seen(connection)) == 0
    assert files_misplaced(on_s3) == 1
    assert remote.bets() == ["bets"]
    assert remote.load().load_id is None
    assert not on_s3.landing.exists(), "fetched files hold personal data"


def test_a_column_that_a_contract_gains_is_added(loader: Loader) -> None:
    contracts = contracts_of(dbt.manifest(loader.settings))
    key = ("betting", "bets_placed")
    kept = tuple(c for c in contracts[key].columns if c.name != "promotion_id")
    narrower = contracts | {key: replace(contracts[key], columns=kept)}
    loader.land(BETS, "first", [bet("a", promotion_id="p")])
    with open_warehouse(loader.settings) as connection:
        load(connection, narrower, loader.settings.landing)
    loader.land(BETS, "second", [bet("b", promotion_id="q")])
    loader.load()
    assert loader.rows(
        'select bet_id, promotion_id from "raw".betting__bets_placed order by bet_id'
    ) == [("a", None), ("b", "q")]


def test_a_question_before_the_first_build_says_what_to_do(loader: Loader) -> None:
    loader.land(BETS, "bets", [bet("a")])
    loader.load()
    with open_warehouse(loader.settings, read_only=True) as connection:
        assert latest_loads(connection, 5)[0]["rows_loaded"] == 1
        with pytest.raises(WarehouseError, match="not been built") as error:
            figures_as_of(connection, MONDAY.date(), None)
    assert error.value.exit_code == 2


def _staged() -> list[str]:
    """What loads have left in the bucket."""
    s3 = boto3.client("s3")
    listed = s3.list_objects_v2(Bucket=os.environ["REDSHIFT_S3_BUCKET"], Prefix="loads")
    return [item["Key"] for item in listed.get("Contents", [])]

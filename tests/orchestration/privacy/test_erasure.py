"""Personal values are where they may be, and nowhere once a person is erased."""

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest
from canaries import Canaries, personal_texts, plant
from typer.testing import CliRunner

from orchestration.audit import Action, records
from orchestration.audit.verify import verify
from orchestration.cli.app import app
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.landing import load_landed
from orchestration.privacy import certificate as certificates
from orchestration.privacy import landing as landed
from orchestration.privacy.erase import erase, finish_lapsed, resume
from orchestration.privacy.journal import Journal, unfinished
from orchestration.privacy.rows import as_bytes
from orchestration.privacy.scan import PAGES, Found, scan
from orchestration.privacy.subjects import (
    Contracts,
    Subject,
    new_pseudonym,
    personal_columns,
)
from orchestration.settings import Settings
from orchestration.simulator import Dirt, SimulationConfig, simulate
from orchestration.transform import dbt
from orchestration.transform.build import build

pytestmark = pytest.mark.slow
RUN = CliRunner()
TODAY = date(2026, 11, 25)
LATER = date(2040, 1, 1)
"""When no hold is in force any more."""
PERSONS = 50
EXPORTED = ("risk.fct_log_ins", "--audience", "risk")
FORMS = ("parquet", "csv", "xlsx")
Totals = dict[str, tuple[Any, ...]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("warehouse") / "home"


@pytest.fixture(scope="module")
def contracts(folder: Path) -> Contracts:
    return contracts_of(dbt.manifest(Settings(folder)))


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outbox")
    config = SimulationConfig(
        seed=9, days=2, bets_per_day=300, customers=150, dirt=Dirt.all()
    )
    simulate(config, folder, truth=False)
    return folder


@pytest.fixture(scope="module")
def told() -> list[str]:
    """What commands printed."""
    return []


@pytest.fixture(scope="module")
def planted(outbox: Path, contracts: Contracts) -> Canaries:
    return plant(outbox, contracts)


@pytest.fixture(scope="module")
def home(
    outbox: Path, planted: Canaries, told: list[str], folder: Path
) -> Iterator[Path]:
    """Loaded by Dagster, built, with a test that failed and kept its rows."""
    assert planted.all
    shutil.copytree(outbox, folder / "landing")
    settings = Settings(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_HOME", str(folder))
        from orchestration.defs.ingest.raw import raw_relations  # noqa: PLC0415

        (folder / "dagster").mkdir()
        with dg.DagsterInstance.local_temp(str(folder / "dagster")) as instance:
            assert dg.materialize([raw_relations], instance=instance).success
        for command in (
            ["build"],
            ["publish"],
            ["publish", "--full"],
            *(["export", *EXPORTED, "--format", form] for form in FORMS),
            ["status", "--marts"],
            ["status", "--format", "json"],
            ["audit", "list"],
        ):
            result = RUN.invoke(app, command)
            assert result.exit_code == 0, result.exception
            told.append(result.output)
        nobody = ["subject-report", "nobody", "--request", "1", "--out", "/nowhere/x"]
        told.append(str(RUN.invoke(app, nobody).exception))
        _fail_a_test(settings, told)
        dbt.run(settings, ["docs", "generate"])
    yield folder
    shutil.rmtree(folder)


def _fail_a_test(settings: Settings, told: list[str]) -> None:
    """Let tests find rows said twice, keep what they found, and put it right."""
    doubled = "raw.customers__customer_profiles"
    with open_warehouse(settings) as connection:
        connection.execute(f"create temp table before as from {doubled}")
        connection.execute(f"create table raw.kept_aside as from {doubled}")
        connection.execute(f"insert into {doubled} from raw.kept_aside")
    tests = ["test", "--select", "stg_customers__profiles"]
    with pytest.raises(WarehouseError) as failed:
        dbt.run(settings, [*tests, "--store-failures"])
    told.append(failed.value.message)
    with open_warehouse(settings) as connection:
        connection.execute(f"truncate {doubled}")
        connection.execute(f"insert into {doubled} from raw.kept_aside")
        connection.execute("drop table raw.kept_aside")
        connection.execute("checkpoint")
    # Nothing is published while a test's last run failed.
    dbt.run(settings, tests)


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Settings:
    """A copy of the warehouse to erase from."""
    compiled = shutil.ignore_patterns(
        "compiled", "run", "*.log", "*.msgpack", "*.gpickle", "dagster"
    )
    to = tmp_path / "home"
    return Settings(shutil.copytree(home, to, symlinks=True, ignore=compiled))


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_kind_of_source_was_planted_in(
    planted: Canaries, contracts: Contracts
) -> None:
    personal = {
        (contract.relation, c.name)
        for contract in contracts.values()
        for c in personal_columns(contract)
        if c.family in {"varchar", "date"}
    }
    assert planted.columns == personal
    assert len(planted.tables) == 10
    assert len(planted.direct) > 50
    assert len(planted.indirect) > 50


def test_no_canary_is_outside_of_the_vault(
    home: Path, planted: Canaries, told: list[str]
) -> None:
    found = scan(home, planted.all, skip=[home / "landing"])
    places: dict[str, set[str]] = defaultdict(set)
    for one in found.found:
        assert one.path == "warehouse.duckdb", one
        assert one.part != PAGES, one
        places[one.part.split(".")[0]] |= one.texts
    assert places["vault"] == planted.good & planted.direct, "the scan can find them"
    assert places["raw"] == planted.good & planted.indirect
    assert set(places) == {"vault", "raw"}
    assert found.files > 500
    said = "".join(told)
    assert len(said) > 2000
    assert [canary for canary in planted.all if canary in said] == []
    assert set(scan(home / "landing", planted.all).texts) == planted.all
    stored = "select count(*) from duckdb_tables() where schema_name like '%audit'"
    assert rows(Settings(home), stored)[0][0] > 0, "a test that failed kept its rows"
    reasons = {reason for (reason,) in rows(Settings(home), _REASONS)}
    assert {
        "unreadable_file", "missing_column", "wrong_type", "unknown_table",
        "bad_encoding", "null_not_allowed",
    } <= reasons  # fmt: skip


_REASONS = """
    select distinct quarantine.reason from raw.quarantine inner join raw.files
    using (file_id) where path like '%canaries%'
"""


def totals(settings: Settings) -> Totals:
    """Rows and the sum of each amount of every relation of Finance."""
    with open_warehouse(settings, read_only=True) as connection:
        found: Totals = {}
        amounts: dict[str, list[str]] = {}
        for table, column, kind in connection.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'finance' order by all"
        ).fetchall():
            amounts.setdefault(table, [])
            if kind.startswith("DECIMAL"):
                amounts[table].append(f'sum("{column}")')
            if column.endswith("customer_id"):
                amounts[table].append(f'count(distinct "{column}")')
        for table, sums in amounts.items():
            asked = ", ".join(["count(*)", *sums])
            [found[table]] = connection.execute(
                f"select {asked} from finance.{table}"
            ).fetchall()
        return found


def subjects_of(planted: Canaries, settings: Settings) -> list[Subject]:
    """Those whose rows hold canaries, and others with bets up to fifty."""
    bettors = rows(
        settings,
        "select customer_id from raw.betting__bets_placed group by customer_id "
        "order by count(*) desc, customer_id",
    )
    chosen = [*sorted(planted.customers), *(b for (b,) in bettors)]
    return [
        Subject(customer, new_pseudonym(), f"DSR-{number}", "objection")
        for number, customer in enumerate(dict.fromkeys(chosen))
    ][:PERSONS]


def truth(
    landing: Path, contracts: Contracts, subjects: list[Subject], canaries: Canaries
) -> set[str]:
    """Texts of these persons and of nobody else, as the files have them."""
    whose: dict[str, set[str]] = defaultdict(set)
    for customer, text, _ in personal_texts(landing, contracts):
        whose[text].add(customer)
    theirs = {one.customer_id for one in subjects}
    # Rows without a customer are not found by whose they are.
    return {
        text
        for text, customers in whose.items()
        if customers <= theirs and len(text.encode()) >= 8 and not text.isalpha()
    } | (canaries.good & {text for text in canaries.good if text in whose})


def test_fifty_persons_are_erased_and_nothing_else_changes(
    copy: Settings, contracts: Contracts, planted: Canaries, outbox: Path
) -> None:
    subjects = subjects_of(planted, copy)
    assert len(subjects) == PERSONS
    texts = truth(copy.landing, contracts, subjects, planted)
    before = totals(copy)
    outside = _others(copy, subjects)
    assert scan(copy.home, texts).texts == texts, "the scan can find them"

    restricted = erase(copy, subjects, today=TODAY)
    assert restricted.content["left_over"] == []
    looked_for = restricted.content["texts_looked_for"]
    assert restricted.content["texts_found_before"] == looked_for > 300
    left = scan(copy.home, texts, skip=[copy.home / "landing" / ".simulation"])
    assert {(one.path, one.part) for one in left.found} == {
        ("warehouse.duckdb", certificates.HELD)
    }
    statuses = rows(
        copy, "select status, held_until > '2031-01-01' from vault.erasures"
    )
    assert set(statuses) == {("restricted", True)}
    assert totals(copy) == before
    assert _others(copy, subjects) == outside

    erased = finish_lapsed(copy, today=LATER)
    assert erased
    assert erased.content["left_over"] == []
    assert {row["status"] for row in erased.content["requests"]} == {"erased"}
    nothing = scan(copy.home, texts, skip=[copy.home / "landing" / ".simulation"])
    assert nothing.found == ()
    assert finish_lapsed(copy, today=LATER) is None

    _certificates_are_on_record(copy)
    _copies_are_as_they_were(copy)
    _is_what_its_files_say(copy, contracts)
    erased_ids = {one.customer_id for one in subjects}
    _refuses_what_is_sent_again(copy, outbox, texts, erased_ids)
    build(copy)
    assert totals(copy) == before
    _can_be_published_and_taken_back(copy, texts)


def _others(settings: Settings, subjects: list[Subject]) -> list[tuple[Any, ...]]:
    """What the vault has of everybody else."""
    theirs = ", ".join(f"'{one.customer_id}'" for one in subjects)
    return rows(
        settings,
        "select * from vault.customers__customer_profiles "
        f"where customer_id not in ({theirs}) order by all",
    )


def _certificates_are_on_record(settings: Settings) -> None:
    listed = rows(
        settings, "select distinct certificate, certificate_hash from vault.erasures"
    )
    assert len(listed) == 2
    for name, kept_hash in listed:
        assert certificates.hash_of(settings, name) == kept_hash
        text = json.dumps(certificates.read(settings, name).content)
        assert "erased-" not in text, "a certificate leads to no pseudonym"
    recorded = [r for r in records(settings) if r.action == Action.ERASE]
    assert {r.details["certificate_hash"] for r in recorded} == {h for _, h in listed}
    assert verify(settings).problems == ()


def _copies_are_as_they_were(settings: Settings) -> None:
    """A publication has all its rows in its form, exports what their manifests say."""
    for version in (1, 2):
        with duckdb.connect() as connection:
            published = settings.serving / "risk" / f"{version}.duckdb"
            connection.execute(f"attach '{published}' as p (read_only)")
            [(form, count, erased)] = connection.execute(
                "select (select tags['storage_version'] from duckdb_databases() "
                "where database_name = 'p'), count(*), "
                "count(distinct customer_id) filter (customer_id like 'erased-%') "
                "from p.risk.fct_log_ins"
            ).fetchall()
        assert str(form).startswith("v1.0.0")
        assert count > erased > 20
    for kind in FORMS:
        [file] = (settings.home / "exports" / "risk").glob(f"*.{kind}")
        stated = json.loads(file.with_name(f"{file.name}.json").read_text())
        assert stated["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert stated["bytes"] == file.stat().st_size
        assert stated["rows"] == count
        if kind == "csv":
            assert b"erased-" in file.read_bytes()
        elif kind == "parquet":
            customers = pq.read_table(file).column("customer_id").to_pylist()
            assert len({c for c in customers if c.startswith("erased-")}) == erased


def _can_be_published_and_taken_back(settings: Settings, texts: set[str]) -> None:
    environment = {"WAREHOUSE_HOME": str(settings.home)}
    for command in (["publish"], ["rollback", "--why", "test"]):
        done = RUN.invoke(app, command, env=environment)
        assert done.exit_code == 0, done.exception
    assert (settings.serving / "current").readlink().name in {"1", "2"}
    assert scan(settings.serving, texts).found == ()


def _is_what_its_files_say(settings: Settings, contracts: Contracts) -> None:
    """A warehouse loaded anew from the landed files holds the same."""
    anew = Settings(settings.home.parent / "anew")
    shutil.copytree(settings.landing, anew.landing)
    with open_warehouse(anew) as connection:
        load_landed(anew, connection)
    for contract in contracts.values():
        # Revisions that differed in personal values alone are one and the same now.
        kept = [c.name for c in contract.raw_columns if c.name != "recorded_at"]
        query = (
            f"select {', '.join(kept)} from raw.{contract.relation} "
            "where replaced_at is null order by all"
        )
        assert rows(anew, query) == rows(settings, query), contract.relation


def _refuses_what_is_sent_again(
    settings: Settings, outbox: Path, texts: set[str], erased: set[str]
) -> None:
    """The old files under new names: refused rows, duplicates, and nobody is back."""
    counted = (
        "select count(*), count(distinct customer_id) from raw.betting__bets_placed"
    )
    before = rows(settings, counted)
    for file in sorted(outbox.rglob("*.parquet")):
        source, table, *_ = file.relative_to(outbox).parts
        if source != ".simulation" and "canaries" not in file.parts:
            again = settings.landing / source / table / "again" / file.name
            again.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, again)
    with open_warehouse(settings) as connection:
        report = load_landed(settings, connection)
    assert report.load_id
    assert rows(settings, counted) == before
    refused = rows(
        settings,
        "select relation, count(*) from raw.quarantine "
        "where reason = 'erased_subject' group by relation",
    )
    assert len(refused) >= 10
    skipped = [settings.home / "landing" / ".simulation"]
    back = scan(settings.home, texts, skip=skipped)
    # A row that says of no known customer that it is theirs cannot be recognised.
    for one in back.found:
        assert one.path in back.unreadable or not _owners(settings, one) & erased, one
    with open_warehouse(settings) as connection:
        assert load_landed(settings, connection).load_id is None, "all is known"


def _owners(settings: Settings, found: Found) -> set[object]:
    """Whose rows of a file say what was found."""
    table = pq.read_table(settings.home / found.path)
    texts = [as_bytes(table.column(name)) for name in table.column_names]
    owners = as_bytes(table.column("customer_id")).to_pylist()
    told = {text.encode() for text in found.texts}
    return {
        owners[row].decode(errors="replace")
        for column in texts
        if column is not None
        for row, value in enumerate(column.to_pylist())
        if value in told and owners[row] is not None
    }


class Killed(BaseException):
    """The process ends."""


def test_killed_at_each_step_it_is_taken_to_its_end(
    copy: Settings, planted: Canaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    subjects = subjects_of(planted, copy)[:5]
    theirs = {one.customer_id for one in subjects}
    before = totals(copy)
    kills = []
    save, replaced = Journal.save, landed.move_durably

    def killed_before_it_is_written_down(journal: Journal, settings: Settings) -> None:
        if journal.done and journal.done[-1] not in kills:
            kills.append(journal.done[-1])
            raise Killed
        save(journal, settings)

    def killed_half_way(draft: Path, path: Path) -> None:
        replaced(draft, path)
        if "half way" not in kills:
            kills.append("half way")
            raise Killed

    monkeypatch.setattr(Journal, "save", killed_before_it_is_written_down)
    monkeypatch.setattr(landed, "move_durably", killed_half_way)
    with pytest.raises(Killed):
        erase(copy, subjects, today=TODAY)
    done = None
    while done is None:
        assert unfinished(copy)
        with pytest.raises(WarehouseError, match="under way"), open_warehouse(copy):
            pass
        try:
            done = resume(copy)
        except Killed:
            continue
    assert len(kills) == 9
    assert unfinished(copy) is None
    assert resume(copy) is None
    assert done.content["left_over"] == []
    assert totals(copy) == before
    held = "select count(*), count(distinct customer_id) from vault.held_records"
    [(count, customers)] = rows(copy, held)
    assert customers == 5
    assert count == len(set(rows(copy, "select * from vault.held_records")))
    assert len(rows(copy, "from vault.tombstones")) == 5
    assert len(rows(copy, "from vault.erasures")) == 5
    assert [r.action for r in records(copy)].count(Action.ERASE) == 1
    found = scan(copy.home, theirs, skip=[copy.home / "landing" / ".simulation"])
    assert {one.part for one in found.found} == {certificates.HELD}


def test_a_person_is_told_what_is_kept_of_them_and_nothing_of_others(
    copy: Settings, planted: Canaries, tmp_path: Path
) -> None:
    environment = {"WAREHOUSE_HOME": str(copy.home)}
    customer = min(planted.customers)
    out = tmp_path / "report.json"
    command = ["subject-report", customer, "--request", "DSR-1", "--out", str(out)]
    done = RUN.invoke(app, command, env=environment)
    assert done.exit_code == 0, done.exception
    told = json.loads(out.read_text())
    profiles = told["delivered"]["customers__customer_profiles"]
    assert {row["customer_id"] for row in profiles} == {customer}
    assert all("email" in row for row in profiles)
    assert {"betting__bets_placed", "devices__log_ins"} <= set(told["delivered"])
    assert told["derived"]
    assert told["about"]["purposes"]
    [(everybody,)] = rows(
        copy, "select list(distinct customer_id) from core.dim_customers"
    )
    others = [one for one in everybody if one != customer]
    assert [one for one in others if f'"{one}"' in out.read_text()] == []
    within = ["subject-report", customer, "--request", "1", "--out", f"{copy.home}/x"]
    assert RUN.invoke(app, within, env=environment).exit_code == 2
    assert [r.action for r in records(copy)][-1] == Action.ACCESS


def test_a_request_is_erased_by_command_and_listed(
    copy: Settings, planted: Canaries
) -> None:
    environment = {"WAREHOUSE_HOME": str(copy.home)}
    customer = min(planted.customers)
    asked = ["erase", customer, "--request", "DSR-1", "--reason", "objection"]
    done = RUN.invoke(app, asked, env=environment)
    assert done.exit_code == 0, done.exception
    assert customer not in done.output
    listed = RUN.invoke(app, ["erasures", "--format", "json"], env=environment)
    [row] = json.loads(listed.output)
    assert (row["request_id"], row["status"]) == ("DSR-1", "restricted")
    assert row["is_untouched"]
    again = RUN.invoke(app, [*asked[:2], "--request", "2", *asked[4:]], env=environment)
    assert "Nothing is known" in str(again.exception)
    lapsed = ["erase", "--lapsed", "--on", "2026-11-26"]
    assert "nothing to erase" in RUN.invoke(app, lapsed, env=environment).output

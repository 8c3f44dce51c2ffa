"""Nothing is left of persons who are erased, and everything else stays as it was."""

import hashlib
import json
import shutil
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from canaries import Canaries, personal_texts
from erased import FORMS, PERSONS, TODAY, rows, subjects_of, totals
from typer.testing import CliRunner

from orchestration.audit import Action, records
from orchestration.audit.verify import verify
from orchestration.cli.app import app
from orchestration.database import open_warehouse
from orchestration.ingest.landing import load_landed
from orchestration.privacy import certificate as certificates
from orchestration.privacy.erase import erase, finish_lapsed
from orchestration.privacy.rows import as_bytes
from orchestration.privacy.scan import Found, scan
from orchestration.privacy.subjects import Contracts, Subject
from orchestration.settings import Settings
from orchestration.transform.build import build

pytestmark = pytest.mark.slow
RUN = CliRunner()
LATER = date(2040, 1, 1)
"""When no hold is in force any more."""


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

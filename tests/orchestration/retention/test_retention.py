"""What is older than its policy says goes, once, and nothing else does."""

import os
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.audit import Action, records
from orchestration.database import open_warehouse
from orchestration.ingest.schema import BOOKKEEPING
from orchestration.retention import policies as module
from orchestration.retention.policies import Policy, apply, policies
from orchestration.seeds import read_seed
from orchestration.settings import Settings

TODAY = date(2026, 11, 25)
OLD, YOUNG = datetime(2026, 1, 5), datetime(2026, 11, 20)
RULES = [
    Policy("raw.kept", "keep", None, "", "accounts"),
    Policy("raw.gone", "delete", 30, "known_at", "policy"),
    Policy("raw.archived", "archive", 30, "known_at", "policy"),
    Policy("raw.not_there", "delete", 30, "known_at", "policy"),
    Policy("exports", "delete", 30, "modified", "policy"),
    Policy("landing/refused", "delete", 30, "modified", "policy"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Old and young rows in three relations, old and young files in two folders."""
    settings = Settings(tmp_path)
    with open_warehouse(settings) as connection:
        for statement in BOOKKEEPING:
            connection.execute(statement)
        for name in ("kept", "gone", "archived"):
            connection.execute(
                f"create table raw.{name} (n integer, known_at timestamp)"
            )
            for moment in (OLD, OLD, YOUNG):
                connection.execute(f"insert into raw.{name} values (1, ?)", [moment])
        for path, reason in (("a/b/refused", "wrong_type"), ("a/b/loaded", None)):
            connection.execute(
                "insert into raw.files values "
                "(1, 1, 'a', 'b', ?, '', ?, null, 1, 1, 1, 1, 0, 0, ?)",
                [path, reason, OLD],
            )
    for name, moment in (
        ("exports/old", OLD), ("exports/young", YOUNG),
        ("landing/a/b/refused", OLD), ("landing/a/b/loaded", OLD),
    ):  # fmt: skip
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
        os.utime(file, (moment.timestamp(),) * 2)
    return settings


def counts(settings: Settings) -> dict[str, int]:
    with open_warehouse(settings, read_only=True) as connection:
        names = ("kept", "gone", "archived")
        query = "select count(*) from raw.{}"
        return {n: connection.execute(query.format(n)).fetchall()[0][0] for n in names}


def test_a_dry_run_tells_and_changes_nothing(settings: Settings) -> None:
    told = apply(settings, today=TODAY, dry_run=True, rules=RULES)
    assert [row["count"] for row in told] == [0, 2, 2, 0, 1, 1]
    assert counts(settings) == {"kept": 3, "gone": 3, "archived": 3}
    assert records(settings) == []


def test_what_is_old_goes_once(settings: Settings) -> None:
    told = apply(settings, today=TODAY, rules=RULES)
    assert [row["count"] for row in told] == [0, 2, 2, 0, 1, 1]
    assert counts(settings) == {"kept": 3, "gone": 1, "archived": 1}
    left = {
        p.relative_to(settings.home).as_posix()
        for folder in ("exports", "landing")
        for p in (settings.home / folder).rglob("*")
        if p.is_file()
    }
    assert left == {"exports/young", "landing/a/b/loaded"}
    [recorded] = [r for r in records(settings) if r.action == Action.RETAIN]
    assert recorded.details["gone"]["raw.gone"] == 2
    again = apply(settings, today=TODAY, rules=RULES)
    assert [row["count"] for row in again] == [0] * 6
    assert len(records(settings)) == 1


def test_archived_rows_are_in_one_file_each_even_after_a_crash(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    archive = module._archive

    def killed_after(*arguments: object) -> None:
        archive(*arguments)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, "_archive", killed_after)
        with pytest.raises(Killed):
            apply(settings, today=TODAY, rules=RULES)
    assert counts(settings)["archived"] == 3
    apply(settings, today=date(2027, 1, 25), rules=RULES)
    assert counts(settings)["archived"] == 0
    files = (settings.home / "archive" / "raw.archived").glob("*.parquet")
    rows = duckdb.sql(
        f"select count(*), count(distinct filename) "
        f"from read_parquet({[str(f) for f in files]}, filename = true)"
    ).fetchall()
    assert rows == [(3, 2)]


def test_the_policies_speak_of_places_that_there_are() -> None:
    for policy in policies():
        assert policy.action in {"keep", "archive", "delete"}
        assert (policy.action == "keep") == (policy.keep_days is None)
    rows = read_seed("retention_policies")
    assert all(row["basis"] and row["source"] for row in rows)

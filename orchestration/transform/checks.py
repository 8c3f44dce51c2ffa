"""What dbt's tests found, kept where marts can say it: only failures take rows."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.database import open_warehouse
from orchestration.ingest.engine import Connection, execute_many
from orchestration.revision import code_revision
from orchestration.settings import Settings
from orchestration.transform import dbt

RELATIONS = (
    """
    create table if not exists raw.builds (
        invocation_id varchar(64) not null,
        code_revision varchar(64) not null,
        check_count bigint not null,
        failed_check_count bigint not null,
        checked_at timestamp not null,
        known_until timestamp
    )
    """,
    """
    create table if not exists raw.failed_checks (
        check_name varchar(256) not null,
        mart_schema varchar(64) not null,
        mart_name varchar(64) not null,
        status varchar(16) not null,
        failure_count bigint,
        first_failed_at timestamp not null,
        last_failed_at timestamp not null,
        passed_at timestamp
    )
    """,
)
FAILED = frozenset({"fail", "error"})
"""Statuses of a failure; what only warns has passed, and the build says so."""
_COLUMNS = (
    "check_name", "mart_schema", "mart_name", "status", "failure_count",
    "first_failed_at", "last_failed_at",
)  # fmt: skip


@dataclass(frozen=True)
class Check:
    """A test that ran: its name, dbt's status, and rows that it found."""

    unique_id: str
    name: str
    status: str
    failures: int | None


def record_checks(settings: Settings, folder: Path | None = None) -> None:
    """Keep what the last dbt run of a warehouse found; once, however often called.

    Args:
        settings: Which warehouse.
        folder: Where that run wrote its results, if not where runs usually do.
    """
    results = (folder or settings.target_path) / "run_results.json"
    if not results.exists():
        return
    told = json.loads(results.read_text())
    manifest = dbt.manifest(settings)
    checks = checks_of(told, manifest)
    if checks:
        with open_warehouse(settings) as connection:
            keep(connection, told["metadata"], checks, manifest)


def checks_of(told: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[Check]:
    """The data tests among dbt's results, those left out because of others not."""
    return [
        Check(
            result["unique_id"],
            manifest["nodes"][result["unique_id"]]["name"],
            "error" if "error" in result["status"] else result["status"],
            result.get("failures"),
        )
        for result in told["results"]
        if result["unique_id"].startswith("test.")
        and result["unique_id"] in manifest["nodes"]
        and result["status"] != "skipped"
    ]


def marts_concerned(check: Check, manifest: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Schema and name of each mart that a check looks at, or at what it is made of."""
    waiting = list(manifest["nodes"][check.unique_id]["depends_on"]["nodes"])
    seen = set(waiting)
    while waiting:
        for child in manifest["child_map"].get(waiting.pop(), ()):
            if child not in seen and child.startswith(("model.", "snapshot.")):
                seen.add(child)
                waiting.append(child)
    paths = [manifest["nodes"].get(one, {}).get("fqn", ()) for one in seen]
    return {(path[-2], path[-1]) for path in paths if path[1:2] == ["marts"]}


def keep(
    connection: Connection,
    metadata: Mapping[str, Any],
    checks: Iterable[Check],
    manifest: Mapping[str, Any],
) -> None:
    """Open a failure, confirm one that is open, or close it; in one transaction."""
    checks = list(checks)
    invocation = metadata["invocation_id"]
    now = datetime.fromisoformat(metadata["generated_at"]).replace(tzinfo=None)
    known = "select 1 from raw.builds where invocation_id = ?"
    if connection.execute(known, [invocation]).fetchone():
        return
    connection.begin()
    try:
        still_open = {
            name
            for (name,) in connection.execute(
                "select distinct check_name from raw.failed_checks "
                "where passed_at is null"
            ).fetchall()
        }
        failed = [check for check in checks if check.status in FAILED]
        for check in checks:
            if check.name in still_open:
                _confirm_or_close(connection, check, now)
        rows = [
            (check.name, *mart, check.status, check.failures, now, now)
            for check in failed
            if check.name not in still_open
            for mart in sorted(marts_concerned(check, manifest))
        ]
        execute_many(connection, "raw.failed_checks", _COLUMNS, rows)
        connection.execute(
            "insert into raw.builds select ?, ?, ?, ?, ?, max(known_at) from raw.loads",
            [invocation, code_revision(), len(checks), len(failed), now],
        )
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _confirm_or_close(connection: Connection, check: Check, now: datetime) -> None:
    open_ones = "where check_name = ? and passed_at is null"
    if check.status in FAILED:
        connection.execute(
            "update raw.failed_checks set status = ?, failure_count = ?, "
            f"last_failed_at = ? {open_ones}",
            [check.status, check.failures, now, check.name],
        )
    else:
        connection.execute(
            f"update raw.failed_checks set passed_at = ? {open_ones}", [now, check.name]
        )

"""Bring every model up to date with what has been loaded."""

from collections.abc import Callable, Sequence
from datetime import datetime

from orchestration.access.rights import Policy
from orchestration.audit import Action, record
from orchestration.audit.anchors import record_and_anchor
from orchestration.database import only_writer, open_warehouse
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.schema import ensure_relations
from orchestration.revision import code_revision
from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.failures import begin_build, end_build
from orchestration.transform.windows import (
    close_window,
    mark_built,
    next_window,
    open_window,
)

Progress = Callable[[str], None]

WHOLE_HISTORY = "tag:whole_history"
"""Tests that read all of history; the others read what the last load brought."""

ONE_MODEL_AT_A_TIME = ("--threads", "1")
"""When a model reads all of history: two large statements side by side need twice the
memory and spill, while each alone keeps all cores busy."""


def build(
    settings: Settings,
    *,
    full_refresh: bool = False,
    all_tests: bool = False,
    without: Sequence[str] = (),
    progress: Progress = lambda step: None,
) -> list[dbt.NodeResult]:
    """Run seeds, models, snapshots and tests until all loads are taken in.

    Args:
        settings: Which warehouse.
        full_refresh: Build incremental models anew from raw.
        all_tests: Also run the tests that read all of history.
        without: What dbt's node selection finds for these is left as it is.
        progress: Called with the name of each step.

    Returns:
        What became of each node.

    Raises:
        WarehouseError: A model or a test failed.
    """
    ensure_warehouse(settings)
    with only_writer(settings):
        results = step_windows(settings, progress)
        progress("models, snapshots and tests")
        arguments = build_arguments(
            full_refresh=full_refresh, all_tests=all_tests, without=without
        )
        if full_refresh or _has_new_models(settings):
            arguments += ONE_MODEL_AT_A_TIME
        results += dbt.run(settings, arguments)
        finish_window(settings, whole=not without)
    record_build(settings, full_refresh=full_refresh, all_tests=all_tests)
    return results


def record_build(settings: Settings, *, full_refresh: bool, all_tests: bool) -> None:
    """Put a build that succeeded on record, and the rights that it ended with."""
    options = {"full_refresh": full_refresh, "all_tests": all_tests}
    told = options | {"engine": settings.target, "code_revision": code_revision()}
    if settings.target == "redshift":
        record(settings, Action.GRANT, {"rights": Policy.of_checkout().digest})
    record_and_anchor(settings, Action.BUILD, told)


def step_windows(
    settings: Settings, progress: Progress = lambda step: None
) -> list[dbt.NodeResult]:
    """Snapshot all windows but the last, which is left open for the build to take in.

    A build is this, one dbt build that holds all snapshots, and `finish_window`.

    Args:
        settings: Which warehouse.
        progress: Called with the name of each step.

    Returns:
        What became of each node, the same ones for each window.

    Raises:
        WarehouseError: A snapshot failed.
    """
    ensure_warehouse(settings)
    with open_warehouse(settings) as connection:
        begin_build(connection)
    results: list[dbt.NodeResult] = []
    last = _last_load(settings)
    arguments = _snapshots_and_their("+")
    while (until := _open_next_window(settings)) is not None and until != last:
        progress(f"snapshots as known at {until:%Y-%m-%d %H:%M:%S}")
        results += dbt.run(settings, arguments)
        finish_window(settings, whole=False)
        arguments = _snapshots_and_their("1+")
    return results


def ensure_warehouse(settings: Settings) -> None:
    """Create the relations that ingestion owns, where there are none yet."""
    contracts = contracts_of(dbt.manifest(settings))
    with open_warehouse(settings) as connection:
        ensure_relations(connection, contracts.values())


def finish_window(settings: Settings, *, whole: bool = True) -> None:
    """Say that the window that is open was taken in.

    Left out when a build fails, so that the next one takes the same loads in again and
    nothing of this one is published.

    Args:
        settings: Which warehouse.
        whole: By every model, and not by the snapshots alone.
    """
    with open_warehouse(settings) as connection:
        close_window(connection)
        if whole:
            mark_built(connection)
            end_build(connection)


def build_arguments(
    *, full_refresh: bool = False, all_tests: bool = False, without: Sequence[str] = ()
) -> list[str]:
    """Arguments for dbt that build every seed, model and snapshot and test them.

    Args:
        full_refresh: Build incremental models anew from raw.
        all_tests: Also run the tests that read all of history.
        without: Selections to leave out.
    """
    excluded = [*without, *([] if all_tests else [WHOLE_HISTORY])]
    return [
        "build",
        "--exclude-resource-type",
        "unit_test",
        *(["--full-refresh"] if full_refresh else []),
        *(["--exclude", *excluded] if excluded else []),
    ]


def _snapshots_and_their(parents: str) -> list[str]:
    """Arguments for dbt: all snapshots with all (`+`) or direct (`1+`) parents."""
    return [
        "build",
        "--select",
        f"{parents}resource_type:snapshot",
        "--exclude-resource-type",
        "test",
        "unit_test",
    ]


def _has_new_models(settings: Settings) -> bool:
    """Whether an incremental model is not there yet, and will read all of history."""
    nodes = dbt.manifest(settings)["nodes"].values()
    incremental = {
        (node["schema"], node["name"])
        for node in nodes
        if node["config"].get("materialized") == "incremental"
    }
    with open_warehouse(settings) as connection:
        there = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    return not incremental <= set(there)


def _last_load(settings: Settings) -> datetime | None:
    with open_warehouse(settings) as connection:
        row = connection.execute("select max(known_at) from raw.loads").fetchone()
        last: datetime | None = row[0] if row else None
        return last


def _open_next_window(settings: Settings) -> datetime | None:
    with open_warehouse(settings) as connection:
        until = next_window(connection)
        if until is not None:
            open_window(connection, until)
        return until

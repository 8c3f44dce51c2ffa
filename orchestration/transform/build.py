"""Bring every model up to date with what has been loaded."""

from collections.abc import Callable
from datetime import datetime

from orchestration.database import open_warehouse
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.schema import ensure_relations
from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.windows import close_window, next_window, open_window

Progress = Callable[[str], None]

WHOLE_HISTORY = "tag:whole_history"
"""Tests that read all of history; the others read what the last load brought."""


def build(
    settings: Settings,
    *,
    full_refresh: bool = False,
    all_tests: bool = False,
    progress: Progress = lambda step: None,
) -> list[dbt.NodeResult]:
    """Run seeds, models, snapshots and tests until all loads are taken in.

    Args:
        settings: Which warehouse.
        full_refresh: Build incremental models anew from raw.
        all_tests: Also run the tests that read all of history.
        progress: Called with the name of each step.

    Returns:
        What became of each node.

    Raises:
        WarehouseError: A model or a test failed.
    """
    contracts = contracts_of(dbt.manifest(settings))
    with open_warehouse(settings) as connection:
        ensure_relations(connection, contracts.values())
    results: list[dbt.NodeResult] = []
    last = _last_load(settings)
    while (until := _open_next_window(settings)) is not None and until != last:
        progress(f"snapshots as known at {until:%Y-%m-%d %H:%M:%S}")
        results += dbt.run(settings, _SNAPSHOTS)
        _close_window(settings)
    progress("models, snapshots and tests")
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    if full_refresh:
        arguments.append("--full-refresh")
    if not all_tests:
        arguments += ["--exclude", WHOLE_HISTORY]
    results += dbt.run(settings, arguments)
    _close_window(settings)
    return results


_SNAPSHOTS = (
    "build",
    "--select",
    "+resource_type:snapshot",
    "--exclude-resource-type",
    "test",
    "unit_test",
)


def _last_load(settings: Settings) -> datetime | None:
    with open_warehouse(settings) as connection:
        row = connection.execute("select max(known_at) from raw.loads").fetchone()
        last: datetime | None = row[0] if row else None
        return last


def _close_window(settings: Settings) -> None:
    with open_warehouse(settings) as connection:
        close_window(connection)


def _open_next_window(settings: Settings) -> datetime | None:
    with open_warehouse(settings) as connection:
        until = next_window(connection)
        if until is not None:
            open_window(connection, until)
        return until

"""dbt, driven in this process."""

from __future__ import annotations

import fcntl
import gc
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from orchestration.errors import WarehouseBusyError, WarehouseError
from orchestration.revision import code_revision
from orchestration.settings import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

DECLARATIONS = ("dbt_project.yml", "models", "macros", "seeds", "snapshots", "tests")


@dataclass(frozen=True)
class NodeResult:
    """One node that dbt ran: its unique id, status, seconds and message."""

    unique_id: str
    status: str
    seconds: float
    message: str


def run(settings: Settings, arguments: Sequence[str]) -> list[NodeResult]:
    """Run a dbt command on the warehouse of `settings`.

    Args:
        settings: Which warehouse and target.
        arguments: As on dbt's command line, e.g. `["build", "--select", "finance"]`.

    Returns:
        What became of each node; empty for commands without nodes.

    Raises:
        WarehouseError: A node failed or the command could not run.
    """
    parsed = None if arguments[0] == "parse" else _parsed(settings)
    outcome = _invoke(settings, arguments, parsed)
    results = [
        NodeResult(r.node.unique_id, str(r.status), r.execution_time, r.message or "")
        for r in getattr(outcome.result, "results", [])
        if hasattr(r, "node")
    ]
    if not outcome.success:
        raise _failure(arguments, results, outcome.exception)
    return results


@dataclass(frozen=True)
class Compiled:
    """A model's relation in the warehouse and the SQL that states its rows."""

    relation: str
    code: str


def compiled(
    settings: Settings, models: Sequence[str], variables: dict[str, object]
) -> dict[str, Compiled]:
    """What models say as in a full refresh, without running any.

    Args:
        settings: Which warehouse and target.
        models: Their names.
        variables: dbt variables to compile with.

    Returns:
        By name, each of them.

    Raises:
        WarehouseError: One does not compile.
    """
    arguments = ["compile", "--full-refresh", "--vars", json.dumps(variables)]
    # It would print the code.
    arguments += ["--log-level", "none", "--select", *models]
    outcome = _invoke(settings, arguments, _parsed(settings))
    if not outcome.success:
        raise _failure(arguments, [], outcome.exception)
    results = getattr(outcome.result, "results", [])
    nodes: list[Any] = [result.node for result in results]
    return {n.name: Compiled(n.relation_name, n.compiled_code) for n in nodes}


def _invoke(
    settings: Settings, arguments: Sequence[str], parsed: Manifest | None = None
) -> dbtRunnerResult:
    # Importing dbt takes seconds, which commands that don't need it should not pay.
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    variables = environment(settings)
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    options = ["--project-dir", str(PROJECT_DIR), "--target", settings.target]
    try:
        with _seldom_collected():
            return dbtRunner(manifest=parsed).invoke([*arguments, *options, "--quiet"])
    finally:
        _let_go_of_the_file()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Search for cycles of garbage a hundredth as often.

    dbt holds on to most of what it makes; going over it at Python's usual pace is
    about a tenth of the CPU of a small build.
    """
    before = gc.get_threshold()
    gc.set_threshold(*(100 * count for count in before))
    try:
        yield
    finally:
        gc.set_threshold(*before)


_KEPT: dict[tuple[Path, str], tuple[float, Manifest]] = {}
"""Project and target -> age of its youngest declaration, and what was parsed then."""


def _parsed(settings: Settings) -> Manifest:
    """The project as dbt's own object, parsed once unless a declaration changes.

    It is the same for every warehouse of a target: none is named in it.
    """
    declared_at = _youngest_declaration()
    kept_at, kept = _KEPT.get((PROJECT_DIR, settings.target), (0.0, None))
    if kept is None or kept_at < declared_at:
        outcome = _invoke(settings, ["parse"])
        if not outcome.success:
            raise _failure(["parse"], [], outcome.exception)
        kept = cast("Manifest", outcome.result)
        _KEPT[PROJECT_DIR, settings.target] = (declared_at, kept)
    return kept


def _let_go_of_the_file() -> None:
    """dbt-duckdb keeps the file open until the process ends; we go on using it."""
    from dbt.adapters.duckdb.connections import (  # noqa: PLC0415
        DuckDBConnectionManager,
    )

    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    gc.collect()


def environment(settings: Settings) -> dict[str, str]:
    """Environment variables that point dbt at this warehouse."""
    return {
        "DBT_PROFILES_DIR": str(PROJECT_DIR / "profiles"),
        "DBT_TARGET_PATH": str(settings.target_path),
        "DBT_LOG_PATH": str(settings.home / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "WAREHOUSE_CODE_REVISION": code_revision(),
        "WAREHOUSE_HOME": str(settings.home),
    }


def manifest(settings: Settings) -> dict[str, Any]:
    """dbt's manifest; parsed anew when a declaration is younger than it is."""
    path = settings.target_path / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    # One process parses, the others wait: none reads a file that is half written.
    with (path.parent / "parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists() or path.stat().st_mtime < _youngest_declaration():
            _parsed(settings).write(str(path))  # type: ignore[no-untyped-call]
        content: dict[str, Any] = json.loads(path.read_text())
    return content


def _youngest_declaration() -> float:
    return max(
        file.stat().st_mtime
        for name in DECLARATIONS
        for file in [PROJECT_DIR / name, *_files_below(PROJECT_DIR / name)]
        if file.exists()
    )


def _files_below(folder: Path) -> list[Path]:
    return [f for f in folder.rglob("*") if f.suffix in {".sql", ".yml", ".csv"}]


def _failure(
    arguments: Sequence[str],
    results: Sequence[NodeResult],
    exception: BaseException | None,
) -> WarehouseError:
    failed = [r for r in results if r.status in {"error", "fail", "runtime error"}]
    text = str(exception or "") + " ".join(r.message for r in failed)
    if "Could not set lock on file" in text or "Conflicting lock" in text:
        return WarehouseBusyError(text.splitlines()[0][:200])
    listed = "\n".join(f"  {r.unique_id}: {r.message}" for r in failed)
    return WarehouseError(
        f"dbt {arguments[0]} failed.\n{listed or exception}",
        "Each line names the model or test; its page in the docs (make docs) says "
        "when it matters and what to do.",
    )

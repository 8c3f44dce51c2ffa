"""Files that arrive in landing start a run."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import duckdb

from orchestration.database import open_warehouse
from orchestration.defs.ingest.landing import CONTRACTS, landing_key
from orchestration.errors import MissingRelationError, WarehouseBusyError
from orchestration.ingest.files import visible_files
from orchestration.ingest.ledger import files_seen
from orchestration.settings import Settings

IN_FLIGHT = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


class Arrival(NamedTuple):
    """A file as its directory entry shows it: path below landing, bytes, ns."""

    path: str
    size_bytes: int
    modified_ns: int


Loaded = Mapping[str, set[tuple[int, int, str]]]
"""Path -> (bytes, modification time in ns, checksum) of each load of it."""


def arrivals(landing: Path) -> list[Arrival]:
    """What lies in landing. No file is read: there may be a year of them."""
    found = []
    for location in visible_files(landing):
        status = location.stat()
        path = location.relative_to(landing).as_posix()
        found.append(Arrival(path, status.st_size, status.st_mtime_ns))
    return found


def not_loaded(landed: Iterable[Arrival], loaded: Loaded) -> list[Arrival]:
    """The files that no load has seen as they are now."""
    return [
        one
        for one in landed
        if not any(
            (size, modified) == (one.size_bytes, one.modified_ns)
            for size, modified, _ in loaded.get(one.path, ())
        )
    ]


def fingerprint(files: Iterable[Arrival]) -> str:
    """A short text that is the same for the same set of files."""
    return hashlib.sha256(repr(sorted(files)).encode()).hexdigest()[:16]


def observations(waiting: Sequence[Arrival]) -> list[dg.AssetObservation]:
    """How many files and bytes of each table wait."""
    seen = []
    for source, table in CONTRACTS:
        files = [one for one in waiting if one.path.startswith(f"{source}/{table}/")]
        metadata = {
            "files_waiting": len(files),
            "bytes_waiting": sum(one.size_bytes for one in files),
        }
        seen.append(dg.AssetObservation(landing_key(source, table), metadata=metadata))
    return seen


def tick(landed: Sequence[Arrival], loaded: Loaded) -> dg.SensorResult:
    """What to do about a landing zone that changed since the last look."""
    waiting = not_loaded(landed, loaded)
    if not waiting:
        return dg.SensorResult(
            skip_reason=f"All {len(landed)} files in landing are loaded.",
            cursor=fingerprint(landed),
            asset_events=observations(waiting),
        )
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=fingerprint(waiting))],
        cursor=fingerprint(landed),
        asset_events=observations(waiting),
    )


def files_loaded(settings: Settings) -> Loaded:
    """What the warehouse says it has loaded; nothing when there is none yet.

    Raises:
        WarehouseBusyError: Another process is writing.
    """
    if settings.target == "duckdb" and not settings.database.exists():
        return {}
    with open_warehouse(settings, read_only=True) as connection:
        try:
            return files_seen(connection)
        except (duckdb.CatalogException, MissingRelationError):
            return {}


load_and_build = dg.define_asset_job(
    "load_and_build",
    selection=dg.AssetSelection.all(),
    description="Load what is new and build all models; nothing new, nothing done.",
)


@dg.sensor(
    job=load_and_build,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def landing_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.SensorResult | dg.SkipReason:
    """Request a run for files that wait.

    The warehouse is opened, for a moment, only when landing looks other than at the
    last look; the cursor keeps that. A run that failed is not requested again for the
    same files: it raised an alert, and the next file that arrives brings them along.
    """
    settings = Settings.from_environment()
    landed = arrivals(settings.landing)
    if context.cursor == fingerprint(landed):
        return dg.SkipReason("No file has come since the last look.")
    in_flight = context.instance.get_runs(dg.RunsFilter(statuses=IN_FLIGHT), limit=1)
    if in_flight:
        return dg.SkipReason(f"Run {in_flight[0].run_id} is in flight; looking later.")
    try:
        return tick(landed, files_loaded(settings))
    except WarehouseBusyError:
        return dg.SkipReason("Another process holds the warehouse; looking later.")

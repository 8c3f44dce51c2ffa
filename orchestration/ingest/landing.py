"""The landing zone of a warehouse: a directory of this machine, or an S3 prefix."""

import shutil
from datetime import datetime

from orchestration.audit.anchors import record_loads
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.engine import Connection
from orchestration.ingest.files import misplaced_files, new_files
from orchestration.ingest.ledger import Seen
from orchestration.ingest.load import LoadReport, Progress, load
from orchestration.privacy.resent import forget_resent
from orchestration.settings import Settings
from orchestration.transform import dbt


def load_landed(
    settings: Settings,
    connection: Connection,
    *,
    known_at: datetime | None = None,
    progress: Progress = lambda done, total: None,
) -> LoadReport:
    """Load all that is new where this warehouse's files land.

    Args:
        settings: Which warehouse.
        connection: It, open for writing.
        known_at: Moment to stamp, naive UTC. Default: now.
        progress: Called with (files done, files in all).

    Raises:
        WarehouseError: See `load`.
    """

    def fetch(seen: Seen) -> None:
        if settings.landing_url:
            shutil.rmtree(settings.landing, ignore_errors=True)
            _fetch(settings, settings.landing_url, seen)

    try:
        contracts = contracts_of(dbt.manifest(settings))
        report = load(
            connection,
            contracts,
            settings.landing,
            known_at=known_at,
            spill=settings.spill,
            fetch=fetch,
            progress=progress,
        )
        record_loads(settings, connection)
        if not settings.landing_url:
            forget_resent(settings, connection, contracts)
        return report
    finally:
        if settings.landing_url:
            shutil.rmtree(settings.landing, ignore_errors=True)


def files_waiting(settings: Settings, seen: Seen) -> int:
    """Number of landed files that no load has seen as they are now."""
    if not settings.landing_url:
        return len(new_files(settings.landing, seen))
    from orchestration.redshift.bucket import Prefix  # noqa: PLC0415 - as below

    return len(list(Prefix(settings.landing_url).waiting(seen)))


def files_misplaced(settings: Settings) -> int:
    """Number of landed files that no load will ever look at."""
    if not settings.landing_url:
        return misplaced_files(settings.landing)
    from orchestration.redshift.bucket import Prefix  # noqa: PLC0415 - as below

    return Prefix(settings.landing_url).misplaced()


def _fetch(settings: Settings, url: str, seen: Seen) -> None:
    # boto3 is not installed where only the embedded engine is used.
    from orchestration.redshift.bucket import Prefix  # noqa: PLC0415

    prefix = Prefix(url)
    for one in prefix.waiting(seen):
        prefix.fetch(one, settings.landing)

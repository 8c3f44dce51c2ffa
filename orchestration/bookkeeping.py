"""Questions about the warehouse's own work: loads, refused rows, marts, tests."""

from datetime import datetime

from orchestration.ingest.engine import Connection
from orchestration.sql import Row, rows_of

_LOADS = """
    select
        load_id, known_at, file_count, rows_in, rows_loaded, rows_duplicate,
        rows_quarantined
    from raw.loads
    qualify row_number() over (order by load_id desc) <= $last
    order by load_id desc
"""

_MARTS = """
    select mart_schema || '.' || mart_name as mart, data_as_of, completeness,
        rows_quarantined, failed_check_count as failed_checks, last_failed_at,
        waiting_file_count as waiting_files, restated_at
    from platform.rpt_mart_freshness
    order by failed_checks desc, waiting_files desc, completeness nulls last, mart
"""

_FAILED_CHECKS = """
    select check_name, status, failure_count, count(*) as marts,
        min(first_failed_at) as since, max(last_failed_at) as last_failed_at
    from staging.stg_ingestion__failed_checks where passed_at is null
    group by check_name, status, failure_count order by since, check_name
"""

_QUARANTINE = """
    select source, relation, reason, count(*) as occurrences
    from raw.quarantine group by source, relation, reason
    order by occurrences desc, source, relation, reason limit 10
"""


def latest_loads(connection: Connection, last: int) -> list[Row]:
    """The last loads, latest first."""
    return rows_of(connection, _LOADS, {"last": last})


def quarantine_by_reason(connection: Connection) -> list[Row]:
    """Why rows and files were refused, most frequent reason first."""
    return rows_of(connection, _QUARANTINE)


def marts(connection: Connection) -> list[Row]:
    """How fresh and complete each mart is, the doubtful ones first."""
    return rows_of(connection, _MARTS)


def failed_checks(connection: Connection) -> list[Row]:
    """Tests that fail now, since when, and how many marts they concern."""
    return rows_of(connection, _FAILED_CHECKS)


def unbuilt_loads(connection: Connection, until: datetime | None = None) -> int:
    """Number of loads, of all or until a moment, that no build has taken in."""
    [row] = rows_of(
        connection,
        """
        select count(*) as loads from raw.loads
        where known_at <= coalesce($until, known_at) and known_at > coalesce(
            (select max(known_after) from raw.snapshot_window), timestamp '1900-01-01'
        )
        """,
        {"until": until},
    )
    return int(row["loads"])

"""What is to be filed, and whether it may be."""

from dataclasses import dataclass
from datetime import datetime

from orchestration.bookkeeping import unbuilt_loads
from orchestration.errors import WarehouseError
from orchestration.filings.periods import Period
from orchestration.ingest.engine import Connection
from orchestration.sql import rows_of


@dataclass(frozen=True)
class Request:
    """What is to be filed.

    Attributes:
        report: Name of the report.
        period: Period that it is stated for.
        filed_by: Who files it.
        reason: Why.
        known_at: Latest load to be in it, naive UTC; None for the last one.
        supersedes: Number of the standing filing whose place it takes.
    """

    report: str
    period: Period
    filed_by: str
    reason: str
    known_at: datetime | None = None
    supersedes: int | None = None


def check_report(connection: Connection, request: Request) -> None:
    """Refuse a report that there is not, or not for such a period.

    Raises:
        WarehouseError: It is refused.
    """
    rows = rows_of(connection, "select report, period_kind from reference.reports")
    kinds = {row["period_kind"] for row in rows if row["report"] == request.report}
    if not kinds:
        names = ", ".join(sorted({row["report"] for row in rows}))
        raise WarehouseError(
            f"There is no report {request.report!r}.", f"Reports: {names}.", exit_code=2
        )
    if request.period.kind not in kinds:
        raise WarehouseError(
            f"{request.report} is not filed for a {request.period.kind}.",
            f"Give a {' or a '.join(sorted(kinds))}.",
            exit_code=2,
        )


def last_load_until(connection: Connection, wanted: datetime | None) -> datetime:
    """The last load until a moment: no later load can change what was known then.

    Raises:
        WarehouseError: There is none, or it is not built yet.
    """
    [row] = rows_of(
        connection,
        "select max(known_at) as known_at from raw.loads "
        "where known_at <= coalesce($wanted, known_at)",
        {"wanted": wanted},
    )
    known_at: datetime | None = row["known_at"]
    if known_at is None:
        raise WarehouseError(
            f"No load was known at {wanted or 'any moment'}.",
            "Give a later --known-at, or leave it out for the last load.",
            exit_code=2,
        )
    if unbuilt_loads(connection, until=known_at):
        raise WarehouseError(
            f"Loads until {known_at} are not built yet.",
            "Run `warehouse build`, then file.",
        )
    return known_at


def check_standing(connection: Connection, request: Request) -> None:
    """Refuse a second filing of a period that does not say whose place it takes.

    Raises:
        WarehouseError: It is refused.
    """
    standing = {
        int(row["filing_id"])
        for row in rows_of(
            connection,
            """
            select filing_id from filings.filings
            where report = $report and period = $period and filing_id not in (
                select supersedes_filing_id from filings.filings
                where supersedes_filing_id is not null
            )
            """,
            {"report": request.report, "period": request.period.text},
        )
    }
    if standing == ({request.supersedes} - {None}):
        return
    what = f"{request.report} for {request.period.text}"
    if standing:
        [number] = standing
        raise WarehouseError(
            f"Filing {number} stands for {what}.",
            f"To take its place: --supersedes {number}. It stays readable.",
            exit_code=2,
        )
    raise WarehouseError(
        f"No filing stands for {what}.", "Leave --supersedes out.", exit_code=2
    )

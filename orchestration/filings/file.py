"""File a report: freeze what is known, once and for good."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

from orchestration.errors import WarehouseError
from orchestration.filings.request import (
    Request,
    check_report,
    check_standing,
    last_load_until,
)
from orchestration.ingest.engine import Connection
from orchestration.revision import code_revision
from orchestration.sql import Row, rows_of

_FIGURES = """
    select jurisdiction, currency_code, line_item, measure,
        cast(sum(amount) as decimal(18, 2)) as amount
    from finance.rpt_filing_versions
    where filing_id = $filing_id and known_from <= $known_at and $known_at < known_to
    group by jurisdiction, currency_code, line_item, measure
    order by jurisdiction, currency_code, line_item, measure
"""

_HEADER = """
    insert into filings.filings
    values (
        $filing_id, $supersedes, $report, $period, $period_kind, $parameters,
        $code_revision, '', $filed_by, $reason, 0, $first, $last, $known_at, $filed_at
    )
"""

_NEXT = "select coalesce(max(filing_id), 0) + 1 as filing_id from filings.filings"


def file_report(
    connection: Connection,
    request: Request,
    announce: Callable[[int], object] = lambda filing_id: None,
) -> int:
    """Freeze a report as known at a moment, in one transaction.

    Args:
        connection: Open for writing.
        request: What to file.
        announce: Told the number before it is committed. What dies in between has been
            announced and is not filed; nothing is filed that was not announced.

    Returns:
        Number of the filing.

    Raises:
        WarehouseError: There is no such report or nothing to file, builds are behind,
            or another filing stands for the period.
    """
    check_report(connection, request)
    known_at = last_load_until(connection, request.known_at)
    connection.begin()
    try:
        check_standing(connection, request)
        filing_id = _write(connection, request, known_at)
        announce(filing_id)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return filing_id


def figures_of(connection: Connection, filing_id: int, known_at: datetime) -> list[Row]:
    """The figures of a filing's report as known at a moment, by today's rules.

    Returns:
        One row per line and measure, in a fixed order; amounts in major units.
    """
    return rows_of(connection, _FIGURES, {"filing_id": filing_id, "known_at": known_at})


def content_hash(figures: list[Row]) -> str:
    """SHA-256 of figures in a fixed form: one line each, amounts with two decimals."""
    text = "".join("|".join(str(v) for v in row.values()) + "\n" for row in figures)
    return sha256(text.encode()).hexdigest()


def _write(connection: Connection, request: Request, known_at: datetime) -> int:
    [new] = rows_of(connection, _NEXT)
    filing_id = int(new["filing_id"])
    header = {
        "filing_id": filing_id,
        "supersedes": request.supersedes,
        "report": request.report,
        "period": request.period.text,
        "period_kind": request.period.kind,
        "parameters": json.dumps(
            {"known_at": request.known_at and request.known_at.isoformat()}
        ),
        "code_revision": code_revision(),
        "filed_by": request.filed_by,
        "reason": request.reason,
        "first": request.period.first,
        "last": request.period.last,
        "known_at": known_at,
        "filed_at": datetime.now(UTC).replace(tzinfo=None),
    }
    connection.execute(_HEADER, header)
    # The relation that states the figures of filings sees this one's header already.
    figures = figures_of(connection, filing_id, known_at)
    if not figures:
        raise WarehouseError(
            f"Nothing is known of {request.report} for {request.period.text} "
            f"at {known_at}.",
            "Look with `warehouse as-of` from when on there are figures.",
            exit_code=2,
        )
    for row in figures:
        connection.execute(
            "insert into filings.lines values (?, ?, ?, ?, ?, ?)",
            [filing_id, *row.values()],
        )
    # Nobody has seen the header yet: it is complete when the transaction ends.
    connection.execute(
        "update filings.filings set content_hash = $hash, line_count = $lines "
        "where filing_id = $filing_id",
        {
            "hash": content_hash(figures),
            "lines": len(figures),
            "filing_id": filing_id,
        },
    )
    return filing_id

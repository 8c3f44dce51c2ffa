"""The register: what was filed, what is known at a moment, and why they differ."""

from datetime import datetime

from orchestration.errors import WarehouseError
from orchestration.filings.file import content_hash, figures_of
from orchestration.ingest.engine import Connection
from orchestration.sql import Row, rows_of

_FILINGS = """
    select filing_id, report, period, known_at, filed_at, filed_by, reason, line_count,
        code_revision, content_hash, supersedes_filing_id, superseded_by_filing_id
    from staging.stg_filings__filings
    where filing_id = coalesce($filing_id, filing_id)
    order by filing_id
"""

_LINES = """
    select jurisdiction, currency_code, line_item, measure, amount
    from filings.lines where filing_id = $filing_id
    order by jurisdiction, currency_code, line_item, measure
"""

# finance.rpt_restatements, for one filing and any moment.
_RESTATEMENTS = """
    with figures as (
        select jurisdiction, currency_code, line_item, measure,
            amount as filed, 0 as stated_again, 0 as known
        from filings.lines where filing_id = $filing_id
        union all
        select jurisdiction, currency_code, line_item, measure, 0,
            case when known_from <= $filed_known_at and $filed_known_at < known_to
                then amount else 0 end,
            case when known_from <= $known_at and $known_at < known_to
                then amount else 0 end
        from finance.rpt_filing_versions where filing_id = $filing_id
    ),
    compared as (
        select jurisdiction, currency_code, line_item, measure,
            sum(filed) as filed, sum(stated_again) as stated_again, sum(known) as known
        from figures group by jurisdiction, currency_code, line_item, measure
    ),
    changes as (
        select jurisdiction, currency_code, line_item, measure, cause, amount
        from finance.fct_filing_changes
        where filing_id = $filing_id and known_at <= $known_at
    ),
    causes as (
        select * from changes
        union all
        select jurisdiction, currency_code, line_item, measure, 'code_change',
            stated_again - filed from compared
        union all
        select jurisdiction, currency_code, line_item, measure, 'unexplained',
            known - stated_again from compared
        union all
        select jurisdiction, currency_code, line_item, measure, 'unexplained', -amount
        from changes
    )
    select jurisdiction, currency_code, line_item, measure, cause,
        cast(max(filed) as decimal(18, 2)) as filed_amount,
        cast(max(known) as decimal(18, 2)) as known_amount,
        cast(sum(amount) as decimal(18, 2)) as restated_amount
    from causes inner join compared
    using (jurisdiction, currency_code, line_item, measure)
    group by jurisdiction, currency_code, line_item, measure, cause
    having sum(amount) <> 0
    order by jurisdiction, currency_code, line_item, measure, cause
"""

# Entries by the days that the report sums up; a balance sums up all days before.
_BETS = """
    select
        ledger.bet_id, ledger.jurisdiction, ledger.currency_code,
        causes.restatement_cause as cause, ledger.handle_amount,
        ledger.open_stake_amount,
        ledger.settled_stake_amount, ledger.payout_amount, ledger.placed_date,
        ledger.effective_date, ledger.known_at
    from filings.filings as filing
    inner join finance.fct_bet_ledger_entries as ledger
        on ledger.known_at > filing.known_at and ledger.known_at <= $known_at
        and (
            ledger.effective_date between filing.period_start_date
            and filing.period_end_date
            or ledger.placed_date between filing.period_start_date
            and filing.period_end_date and filing.report <> 'open_bets'
            or ledger.effective_date <= filing.period_end_date
            and filing.report = 'open_bets'
        )
    inner join reference.restatement_causes as causes on ledger.cause = causes.cause
    where filing.filing_id = $filing_id
    order by ledger.known_at, ledger.bet_id, ledger.effective_date, cause
"""


def filings(connection: Connection) -> list[Row]:
    """All filings, in the order in which they were filed."""
    return rows_of(connection, _FILINGS, {"filing_id": None})


def filing(connection: Connection, filing_id: int) -> Row:
    """One filing.

    Raises:
        WarehouseError: There is none of that number.
    """
    found = rows_of(connection, _FILINGS, {"filing_id": filing_id})
    if not found:
        raise WarehouseError(
            f"There is no filing {filing_id}.",
            "List them with `warehouse filings`.",
            exit_code=2,
        )
    return found[0]


def filed_lines(connection: Connection, filing_id: int) -> list[Row]:
    """The figures of a filing as filed, in the order of its content hash."""
    return rows_of(connection, _LINES, {"filing_id": filing_id})


def proof(connection: Connection, filing_id: int) -> Row:
    """Whether a filing is what was filed, and whether it can be stated again.

    Returns:
        `is_untouched`: its lines have the hash that was written with them;
        `is_reproduced`: so has the report as known at the filing's known_at today.
    """
    header = filing(connection, filing_id)
    again = figures_of(connection, filing_id, header["known_at"])
    return {
        "is_untouched": content_hash(filed_lines(connection, filing_id))
        == header["content_hash"],
        "is_reproduced": content_hash(again) == header["content_hash"],
    }


def restatements(
    connection: Connection,
    filing_id: int,
    known_at: datetime | None = None,
) -> list[Row]:
    """What has changed since a filing, by line, measure and cause.

    Args:
        connection: An open, built warehouse.
        filing_id: Number of the filing.
        known_at: Moment to compare with, naive UTC; None for now.

    Returns:
        One row per figure and cause that changed it; the causes of a figure sum up to
        known less filed.
    """
    bound = _between(connection, filing_id, known_at)
    return rows_of(connection, _RESTATEMENTS, bound)


def restated_bets(
    connection: Connection,
    filing_id: int,
    known_at: datetime | None = None,
) -> list[Row]:
    """The ledger's entries that became known after a filing and belong to its period.

    Raises:
        WarehouseError: The report is not about bets.
    """
    bound = _between(connection, filing_id, known_at)
    if filing(connection, filing_id)["report"] == "customer_funds":
        raise WarehouseError(
            "Customer funds are moved by the wallet, not by bets.",
            "Look at finance.fct_customer_funds_changes.",
            exit_code=2,
        )
    del bound["filed_known_at"]
    return rows_of(connection, _BETS, bound)


def _between(
    connection: Connection, filing_id: int, known_at: datetime | None
) -> dict[str, object]:
    filed_known_at = filing(connection, filing_id)["known_at"]
    # The last moment that an interval without an end still holds.
    moment = known_at or datetime(9999, 12, 30)
    if moment < filed_known_at:
        raise WarehouseError(
            f"Filing {filing_id} knows loads until {filed_known_at}.",
            "Give a --known-at that is not before that.",
            exit_code=2,
        )
    return {
        "filing_id": filing_id,
        "filed_known_at": filed_known_at,
        "known_at": moment,
    }

"""Questions that the command line asks of a built warehouse."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import duckdb

from orchestration.errors import MissingRelationError, WarehouseError
from orchestration.ingest.engine import Connection

Row = dict[str, Any]

_AS_OF = """
    select
        gaming_date, jurisdiction, currency_code, basis, version,
        bet_count, handle_amount, open_stake_amount, settled_stake_amount,
        payout_amount, ggr_amount, bonus_handle_amount, bonus_open_stake_amount,
        bonus_settled_stake_amount, bonus_payout_amount, bonus_ggr_amount,
        known_from, known_to
    from finance.rpt_daily_revenue_versions
    where gaming_date = $gaming_date
        and known_from <= coalesce($known_at, known_from)
        and coalesce($known_at, timestamp '9999-12-30') < known_to
    order by basis, jurisdiction, currency_code
"""

_HEADLINES = """
    select
        basis, currency_code,
        sum(bet_count) as bet_count, sum(handle_amount) as handle_amount,
        sum(open_stake_amount) as open_stake_amount, sum(ggr_amount) as ggr_amount
    from finance.rpt_daily_revenue_versions
    where known_to = timestamp '9999-12-31' and basis = 'placed'
    group by basis, currency_code order by basis, currency_code
"""

_OPEN_LIABILITY = """
    select
        event_id, market_id, currency_code,
        sum(open_bet_count) as open_bet_count,
        max(worst_case_loss_amount) as worst_case_loss_amount
    from risk.rpt_open_liability
    group by event_id, market_id, currency_code
    order by worst_case_loss_amount desc limit 5
"""

_LOADS = """
    select
        load_id, known_at, file_count, rows_in, rows_loaded, rows_duplicate,
        rows_quarantined
    from raw.loads
    qualify row_number() over (order by load_id desc) <= $last
    order by load_id desc
"""

_QUARANTINE = """
    select source, relation, reason, count(*) as occurrences
    from raw.quarantine group by source, relation, reason
    order by occurrences desc, source, relation, reason limit 10
"""


def figures_as_of(
    connection: Connection, gaming_date: date, known_at: datetime | None
) -> list[Row]:
    """Revenue of one gaming day as known at a moment, on both bases.

    Args:
        connection: An open warehouse.
        gaming_date: Local day of the jurisdictions.
        known_at: Moment, naive UTC; None for what is known now.

    Returns:
        One row per basis, jurisdiction and currency; amounts in major units.
    """
    bound = {"gaming_date": gaming_date, "known_at": known_at}
    return _rows(connection, _AS_OF, bound)


def headlines(connection: Connection) -> list[Row]:
    """Totals per currency of what is known now, on the placed basis."""
    return _rows(connection, _HEADLINES)


def largest_liabilities(connection: Connection) -> list[Row]:
    """The five markets on which most can be lost now."""
    return _rows(connection, _OPEN_LIABILITY)


def latest_loads(connection: Connection, last: int) -> list[Row]:
    """The last loads, latest first."""
    return _rows(connection, _LOADS, {"last": last})


def quarantine_by_reason(connection: Connection) -> list[Row]:
    """Why rows and files were refused, most frequent reason first."""
    return _rows(connection, _QUARANTINE)


def unbuilt_loads(connection: Connection) -> int:
    """Number of loads that no build has taken in yet."""
    [row] = _rows(
        connection,
        """
        select count(*) as loads from raw.loads
        where known_at > coalesce(
            (select max(known_after) from raw.snapshot_window), timestamp '1900-01-01'
        )
        """,
    )
    return int(row["loads"])


def _rows(
    connection: Connection,
    query: str,
    bound: Mapping[str, object] | None = None,
) -> list[Row]:
    try:
        cursor = connection.execute(query, dict(bound or {}))
    except (duckdb.CatalogException, MissingRelationError) as error:
        raise WarehouseError(
            f"The warehouse has not been built yet: {str(error).splitlines()[0]}",
            "Run `warehouse load` and `warehouse build`.",
            exit_code=2,
        ) from error
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

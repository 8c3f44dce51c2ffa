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
        gaming_date, jurisdiction, currency_code, basis, code_revision, version,
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

_NET_REVENUE = """
    select
        jurisdiction, currency_code,
        sum(handle_amount) as handle_amount, sum(ggr_amount) as ggr_amount,
        sum(bonus_cost_amount) as bonus_cost_amount, sum(duty_amount) as duty_amount,
        sum(ngr_amount) as ngr_amount,
        any_value(reporting_currency_code) as reporting_currency_code,
        sum(reporting_ngr_amount) as reporting_ngr_amount
    from finance.rpt_revenue_versions
    where known_to = timestamp '9999-12-31' and basis = 'settled'
    group by all order by all
"""

_CUSTOMER_FUNDS = """
    select
        jurisdiction, currency_code, cash_balance_amount, bonus_balance_amount,
        pending_withdrawal_amount, protected_amount
    from finance.rpt_customer_funds
    qualify row_number() over (
        partition by jurisdiction, currency_code order by gaming_date desc
    ) = 1
    order by all
"""

_BREAKS = """
    select
        reference_type, not is_in_flight as is_overdue, count(*) as break_count,
        min(happened_date) as oldest_date
    from finance.rpt_reconciliation_breaks
    group by all order by all
"""

_MATURITY = """
    select
        gaming_date, jurisdiction, currency_code, age_days, final_day_count,
        handle_amount, settled_share, ggr_amount, expected_change_amount,
        low_change_amount, high_change_amount, expected_ggr_amount, as_of_at
    from finance.rpt_revenue_maturity where age_days < $days
    order by gaming_date desc, jurisdiction, currency_code
"""

_EXPOSURES = """
    select
        market_id, worst_case_selection_id as worst_case, currency_code,
        open_bet_count as open_bets, worst_case_loss_amount as worst_case_loss
    from risk.rpt_market_exposures
    order by worst_case_loss_amount desc, market_id, currency_code limit 5
"""

_TO_LOOK_AT = """
    select 'limits exceeded' as what, count(*) as count from risk.rpt_exposure_breaches
    union all
    select 'bets overdue for settlement', count(*) from risk.rpt_overdue_bets
    union all
    select 'bets settled against results', count(*) from risk.rpt_settlement_mismatches
    union all
    select 'bets on closed markets', count(distinct bet_id) from risk.rpt_late_bets
    union all
    select 'customers with a signal', count(*) from risk.rpt_customer_risk_scores
    union all
    select 'events with a signal', count(*) from risk.rpt_event_risk_scores
"""

_SCORES = """
    select customer_id, score, reasons from risk.rpt_customer_risk_scores
    order by score desc, customer_id limit 5
"""

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
    return rows_of(connection, _AS_OF, bound)


def headlines(connection: Connection) -> list[Row]:
    """Totals per currency of what is known now, on the placed basis."""
    return rows_of(connection, _HEADLINES)


def net_revenue(connection: Connection) -> list[Row]:
    """From GGR to NGR per licence, as known now, on the settled basis."""
    return rows_of(connection, _NET_REVENUE)


def customer_funds(connection: Connection) -> list[Row]:
    """What customers own per licence, as the last day ended."""
    return rows_of(connection, _CUSTOMER_FUNDS)


def reconciliation_breaks(connection: Connection) -> list[Row]:
    """How many breaks there are, and since when."""
    return rows_of(connection, _BREAKS)


def maturity(connection: Connection, days: int) -> list[Row]:
    """How sure the last gaming days' revenue is, latest first."""
    return rows_of(connection, _MATURITY, {"days": days})


def largest_exposures(connection: Connection) -> list[Row]:
    """The five markets on which most can be lost now."""
    return rows_of(connection, _EXPOSURES)


def to_look_at(connection: Connection) -> list[Row]:
    """How much there is for Risk to look at, by kind."""
    return rows_of(connection, _TO_LOOK_AT)


def highest_scores(connection: Connection) -> list[Row]:
    """The five customers with the highest risk scores, and why."""
    return rows_of(connection, _SCORES)


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


def rows_of(
    connection: Connection,
    query: str,
    bound: Mapping[str, object] | None = None,
) -> list[Row]:
    """The rows of a query by name.

    Raises:
        WarehouseError: A relation is not there, since nothing was built yet.
    """
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

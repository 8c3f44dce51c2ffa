"""Questions about figures that the command line asks of a built warehouse."""

from datetime import date, datetime

from orchestration.ingest.engine import Connection
from orchestration.sql import Row, rows_of

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

"""Revenue, taxes, exchange rates and the wallet, on a dirty operator's whole books."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from operator_under_test import Warehouse, differences, simulated

from orchestration.database import open_warehouse
from orchestration.evaluation import RECONCILIATION, evaluate
from orchestration.simulator import Simulation
from orchestration.simulator.records import BOOKS
from orchestration.transform import dbt
from tests.orchestration.story import bet, land, settlement

SOURCES = frozenset({"bonuses", "fx", "payments", "wallet"})
POINTS = 100
# The domain under test, what it is made of, and all its tests.
BUILD = [
    "build",
    "--select",
    "+path:models/marts/finance",
    "--indirect-selection",
    "buildable",
    "--exclude-resource-type",
    "unit_test",
]
ZONES = {
    "GB": "Europe/London",
    "ES": "Europe/Madrid",
    "NL": "Europe/Amsterdam",
    "US-NJ": "America/New_York",
    "US-NY": "America/New_York",
}
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """Five days in which clocks go forward in Europe."""
    outbox = tmp_path_factory.mktemp("outbox")
    return simulated(outbox, seed=8, days=5, bets_per_day=700, sources=SOURCES)


@pytest.fixture(scope="module")
def warehouse(
    simulation: Simulation, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("home"))
    for number, delivery in enumerate(simulation.deliveries):
        warehouse.take_in(simulation, delivery)
        if number in {2, len(simulation.deliveries) - 1}:
            dbt.run(warehouse.settings, BUILD)
    return warehouse


def moments(warehouse: Warehouse) -> list[datetime]:
    """Random moments from before the first load until after the last."""
    first, last = warehouse.loads[0][0], warehouse.loads[-1][0]
    pick = random.Random(5)  # noqa: S311 - moments, no secret
    hours = (last - first) / timedelta(hours=1) + 24
    return [first + timedelta(hours=pick.uniform(-6, hours)) for _ in range(POINTS)]


@pytest.mark.slow
def test_the_bridge_leaves_no_residual_on_any_day_at_any_moment(
    simulation: Simulation, warehouse: Warehouse
) -> None:
    truth = simulation.truth.figures(warehouse.loads).to_pylist()
    days = 0
    for moment in moments(warehouse):
        bridged = {
            tuple(row[:3]): row[3:]
            for row in warehouse.rows(
                """
                select gaming_date, jurisdiction, currency_code, cash_ggr_amount,
                    open_stake_change_amount, settled_ggr_amount, residual_amount,
                    handle_residual_amount
                from finance.rpt_revenue_bridge
                where known_from <= $1 and $1 < known_to
                """,
                moment,
            )
        }
        expected: dict[Any, Any] = {}
        for row in truth:  # in the order of the loads
            if row["basis"] == "settled" and row["known_from"] <= moment:
                key = (row["gaming_date"], row["jurisdiction"], row["currency_code"])
                cash = row["handle_amount"] - row["payout_amount"]
                zero = Decimal("0.00")
                expected[key] = (
                    cash, row["open_stake_amount"], row["ggr_amount"], zero, zero
                )  # fmt: skip
        assert bridged == expected
        days += len(bridged)
    assert days > 10 * POINTS


@pytest.mark.slow
def test_products_and_channels_sum_to_daily_revenue_at_any_moment(
    warehouse: Warehouse,
) -> None:
    figures = "bet_count, handle_amount, settled_stake_amount, payout_amount"
    sums = ", ".join(f"sum({name})" for name in figures.split(", "))
    key = "gaming_date, jurisdiction, currency_code, basis"
    at = "where known_from <= $1 and $1 < known_to and basis <> 'cash'"
    for moment in moments(warehouse):
        products = warehouse.rows(
            f"""
            select {key}, {sums} from finance.rpt_revenue_versions {at}
            group by all order by all
            """,
            moment,
        )
        daily = warehouse.rows(
            f"""
            select {key}, {figures} from finance.rpt_daily_revenue_versions {at}
            order by all
            """,
            moment,
        )
        assert products == daily


@pytest.mark.slow
def test_revenue_is_converted_at_the_rate_known_at_the_moment(
    warehouse: Warehouse,
) -> None:
    rates = warehouse.rows(
        """
        select quote_currency, rate_date, rate, known_at,
            coalesce(replaced_at, timestamp '9999-12-31')
        from raw.fx__daily_rates
        """
    )
    checked = corrected = 0
    for moment in moments(warehouse)[:30]:
        known = {
            (currency, day): rate
            for currency, day, rate, since, until in rates
            if since <= moment < until
        }
        corrected += any(u <= moment for *_, u in rates)
        for currency, day, handle, converted in warehouse.rows(
            """
            select currency_code, gaming_date, handle_amount, reporting_handle_amount
            from finance.rpt_revenue_versions
            where known_from <= $1 and $1 < known_to
            """,
            moment,
        ):
            rate = rate_of(known, currency, day)
            exact = (handle / rate).quantize(CENT, ROUND_HALF_UP)
            assert converted == exact, (currency, day, moment)
            checked += currency != "EUR"
    assert checked
    assert corrected


def rate_of(
    known: dict[tuple[str, date], Decimal], currency: str, day: date
) -> Decimal:
    """The latest rate of the last seven days."""
    if currency == "EUR":
        return Decimal(1)
    days = (day - timedelta(days=back) for back in range(7))
    return next(known[currency, d] for d in days if (currency, d) in known)


@pytest.mark.slow
def test_every_break_is_found_and_nothing_else(
    simulation: Simulation, warehouse: Warehouse
) -> None:
    found = warehouse.rows(
        """
        select break_kind, reference_id, customer_id,
            case when reference_type = 'balance' then happened_date end, break_amount
        from finance.rpt_reconciliation_breaks
        """
    )
    audited = [
        tuple(r.values()) for r in simulation.truth.breaks(warehouse.loads).to_pylist()
    ]
    assert len(found) == len(set(found))
    assert set(found) == set(audited)

    with open_warehouse(warehouse.settings, read_only=True) as connection:
        books = simulation.into / BOOKS
        verdicts = evaluate(connection, books, [RECONCILIATION])[RECONCILIATION]
    planted = {row["break_kind"] for row in verdicts if row["planted"]}
    assert len(planted) == 17
    for row in verdicts:
        assert row["found"] == row["visible"], row
        assert row["of_dirt_found"] == row["of_dirt"], row
        assert row["false_alarms"] == 0, row
    assert sum(row["visible"] for row in verdicts) > 100


@pytest.mark.slow
def test_customer_funds_are_the_movements_by_local_day(warehouse: Warehouse) -> None:
    """Also on the day that has 23 hours."""
    owned: dict[Any, Decimal] = defaultdict(Decimal)
    for jurisdiction, currency, debit, credit, amount, at in warehouse.rows(
        """
        select m.jurisdiction, m.currency_code, debit_account, credit_account,
            movement_amount, posted_at
        from raw.wallet__wallet_movements as m
        where m.replaced_at is null and m.customer_id not in (
            select customer_id from raw.customers__customer_profiles
            where is_test_account and replaced_at is null
        )
        """
    ):
        zone = ZoneInfo(ZONES[jurisdiction])
        day = at.replace(tzinfo=UTC).astimezone(zone).date()
        sign = (credit == "customer_cash") - (debit == "customer_cash")
        owned[jurisdiction, currency, day] += sign * amount
    balance: dict[Any, Decimal] = defaultdict(Decimal)
    expected = []
    for (jurisdiction, currency, day), amount in sorted(owned.items()):
        balance[jurisdiction, currency] += amount
        expected.append((jurisdiction, currency, day, balance[jurisdiction, currency]))
    assert expected == warehouse.rows(
        """
        select jurisdiction, currency_code, gaming_date, cash_balance_amount
        from finance.rpt_customer_funds order by all
        """
    )
    assert date(2026, 3, 29) in {row[2] for row in expected}


@pytest.mark.slow
def test_more_settled_than_staked_is_a_break_and_all_else_adds_up(
    warehouse: Warehouse,
) -> None:
    """A settled bet's stake is corrected to less; another's settlement takes more."""
    columns = "bet_id, customer_id, jurisdiction, currency_code, channel, placed_at"
    corrected, overpaid = warehouse.rows(
        f"""
        with settled as (
            select bet_key, settled_stake_amount, settlement_version
            from staging.stg_betting__settlements
            where known_to = timestamp '9999-12-31'
            qualify settlement_version = max(settlement_version) over (
                partition by bet_key
            )
        )
        select {columns}, stake_amount, settlement_version
        from staging.stg_betting__bets inner join settled using (bet_key)
        where known_to = timestamp '9999-12-31' and bonus_stake_amount = 0
            and stake_amount > 1 and settled_stake_amount = stake_amount
            and bet_key in (select bet_key from finance.fct_bet_ledger_entries)
        order by bet_id limit 2
        """
    )
    moment = warehouse.loads[-1][0] + timedelta(days=1)
    known = dict(zip(columns.split(", "), corrected, strict=False))
    stake = {"stake_amount": corrected[-2] - 1, "recorded_at": moment}
    landing = warehouse.settings.landing
    land(landing, "betting/bets_placed", "less", [bet(**known | stake)])
    more = settlement(
        overpaid[0],
        overpaid[-1] + 1,
        settled_stake_amount=overpaid[-2] + 2,
        settled_at=moment,
    )
    land(landing, "betting/bet_settlements", "more", [more])
    assert warehouse.load(moment).total("rows_loaded") == 2
    dbt.run(warehouse.settings, BUILD)

    expected = {
        (corrected[0], corrected[-2] - 1, corrected[-2], Decimal(1)),
        (overpaid[0], overpaid[-2], overpaid[-2] + 2, Decimal(2)),
    }
    found = warehouse.rows(
        """
        select reference_id, expected_amount, moved_amount, break_amount
        from finance.rpt_reconciliation_breaks where break_kind = 'stake_oversettled'
        """
    )
    assert set(found) == expected
    assert len(found) == len(expected)
    entries = """
        from finance.fct_bet_ledger_entries where bet_id in ($1, $2)
        group by bet_id having sum(open_stake_amount + settled_stake_amount)
            = sum(handle_amount) and sum(open_stake_amount) < 0
    """
    ids = (corrected[0], overpaid[0])
    assert len(warehouse.rows(f"select bet_id {entries}", *ids)) == len(ids)
    open_bets = "from finance.fct_open_bets where bet_id in ($1, $2)"
    assert warehouse.rows(f"select bet_id {open_bets}", *ids) == []


@pytest.mark.slow
def test_finance_is_the_same_after_a_full_refresh(warehouse: Warehouse) -> None:
    before = warehouse.relations()
    dbt.run(warehouse.settings, [*BUILD, "--full-refresh"])
    assert differences(warehouse.relations(), before) == []

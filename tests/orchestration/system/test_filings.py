"""Filings on a dirty operator: random reports, filing moments and later moments."""

import csv
import os
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from operator_under_test import Warehouse, beyond, simulated

from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.filings.file import file_report
from orchestration.filings.periods import period_of
from orchestration.filings.register import (
    filing,
    proof,
    restated_bets,
    restatements,
)
from orchestration.filings.request import Request
from orchestration.settings import PROJECT_DIR
from orchestration.simulator import Simulation
from orchestration.simulator.causes import Change

TRIPLES = int(os.environ.get("FILING_TRIPLES", "40"))
"""How many to try; `FILING_TRIPLES=500 pytest -k filings` for the whole proof."""

SOURCES = frozenset({"bonuses", "fx", "payments", "wallet"})
BEFORE = 5  # loads that are built when the first reports are filed
MOVED = (
    "bet_count", "handle_amount", "open_stake_amount", "settled_stake_amount",
    "payout_amount", "ggr_amount",
)  # fmt: skip

Triple = tuple[int, datetime]  # number of the filing, moment to compare with


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    outbox = tmp_path_factory.mktemp("outbox")
    return simulated(outbox, seed=10, days=8, bets_per_day=250, sources=SOURCES)


@pytest.fixture(scope="module")
def warehouse(
    simulation: Simulation, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """The first loads, built."""
    warehouse = Warehouse(tmp_path_factory.mktemp("home"), beyond(SOURCES))
    _load(warehouse, simulation, slice(BEFORE))
    return warehouse


@pytest.fixture(scope="module")
def triples(simulation: Simulation, warehouse: Warehouse) -> list[Triple]:
    """Reports filed at random moments, some in place of others; then other loads."""
    pick = random.Random(17)  # noqa: S311 - a sample, no secret
    days = [date(2026, 3, 26) + timedelta(days=n) for n in range(4)]
    moments = [known_at for known_at, _ in warehouse.loads]
    filed: list[tuple[int, datetime]] = []
    standing: dict[tuple[str, str], int] = {}
    with open_warehouse(warehouse.settings) as connection:
        while len(filed) < TRIPLES:
            report, period = pick.choice(_reports(pick, days))
            moment = pick.choice(moments) + timedelta(hours=pick.uniform(0, 12))
            before = standing.get((report, period))
            request = Request(
                report, period_of(period), "Finance", "test", moment, before
            )
            try:
                number = file_report(connection, request)
            except WarehouseError as refused:
                if "Nothing is known" not in refused.message:
                    raise
                continue
            standing[report, period] = number
            filed.append((number, moment))
    _load(warehouse, simulation, slice(BEFORE, None), all_tests=True)
    later = [known_at for known_at, _ in warehouse.loads]
    return [
        (number, max(moment, pick.choice(later) + timedelta(hours=1)))
        for number, moment in filed
    ]


def _load(
    warehouse: Warehouse,
    simulation: Simulation,
    part: slice,
    *,
    all_tests: bool = False,
) -> None:
    for delivery in simulation.deliveries[part]:
        warehouse.deliver(simulation.into, delivery.files)
        warehouse.load(delivery.delivered_at)
    warehouse.build(all_tests=all_tests)


def _reports(pick: random.Random, days: list[date]) -> list[tuple[str, str]]:
    day = pick.choice(days).isoformat()
    return [
        ("daily_revenue", day),
        ("daily_revenue", day),
        ("monthly_revenue", "2026-03"),
        ("open_bets", day),
        ("open_bets", "2026-03"),
        ("customer_funds", day),
        ("tax_accruals", "2026-03"),
        ("tax_accruals", "2026-Q1"),
    ]


@pytest.fixture(scope="module")
def changes(
    simulation: Simulation, warehouse: Warehouse, triples: list[Triple]
) -> list[Change]:
    """What the accountant says, once all is loaded."""
    assert triples
    return simulation.truth.changes(warehouse.loads)


@pytest.mark.slow
def test_every_entry_of_the_ledger_has_the_accountants_cause(
    warehouse: Warehouse, changes: list[Change]
) -> None:
    expected: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for change in changes:
        key = (
            change.known_at, change.bet_id, change.cause, change.step.jurisdiction,
            change.step.currency_code, _date(change.step.placed_day),
            _date(change.step.effective_day),
        )  # fmt: skip
        expected[key] = [
            a + b for a, b in zip(expected[key], change.money, strict=True)
        ]
    posted = {
        row[:7]: [row[7], *(int(amount * 100) for amount in row[8:])]
        for row in warehouse.rows(
            """
            select known_at, bet_id, cause, jurisdiction, currency_code, placed_date,
                effective_date, sum(bet_count), sum(handle_amount),
                sum(settled_stake_amount), sum(payout_amount)
            from finance.fct_bet_ledger_entries group by all
            """
        )
    }
    kinds = {cause for _, _, cause, *_ in posted}
    assert {"correction", "late_version", "resettlement", "test_account"} <= kinds
    assert {k: v for k, v in posted.items() if any(v)} == {
        k: v for k, v in expected.items() if any(v)
    }


@pytest.mark.slow
def test_filed_figures_reproduce_bit_by_bit(
    warehouse: Warehouse, triples: list[Triple]
) -> None:
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        for number, _ in triples:
            assert proof(connection, number) == {
                "is_untouched": True,
                "is_reproduced": True,
            }, number


@pytest.mark.slow
def test_restatements_leave_no_residual_and_have_the_accountants_causes(
    warehouse: Warehouse, triples: list[Triple], changes: list[Change]
) -> None:
    names = _restatement_causes()
    seen: set[str] = set()
    compared = 0
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        for number, moment in triples:
            header = filing(connection, number)
            rows = restatements(connection, number, moment)
            _assert_no_residual(rows)
            seen |= {row["cause"] for row in rows}
            if header["report"] in {"daily_revenue", "monthly_revenue"}:
                stated = {
                    tuple(row.values())[:5]: row["restated_amount"]
                    for row in rows
                    if row["measure"] in MOVED
                }
                period = period_of(header["period"])
                known = [
                    c for c in changes if header["known_at"] < c.known_at <= moment
                ]
                assert stated == _expected(known, period.first, period.last, names)
                compared += bool(stated)
    assert compared > TRIPLES // 10
    assert {"late_settlement", "late_bet", "fx_correction", "late_movement"} <= seen
    assert "code_change" not in seen


@pytest.mark.slow
def test_the_register_says_what_the_command_says(
    warehouse: Warehouse, triples: list[Triple]
) -> None:
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        for number, _ in triples[:10]:
            asked = [
                (*list(row.values())[:7], row["restated_amount"])
                for row in restatements(connection, number)
            ]
            kept = connection.execute(
                """
                select jurisdiction, currency_code, line_item, measure, cause,
                    filed_amount, known_amount, restated_amount
                from finance.rpt_restatements where filing_id = $1 order by all
                """,
                [number],
            ).fetchall()
            assert kept == asked


@pytest.mark.slow
def test_the_bets_behind_a_restatement_sum_up_to_it(
    warehouse: Warehouse, triples: list[Triple]
) -> None:
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        for number, moment in triples[:20]:
            header = filing(connection, number)
            if header["report"] != "daily_revenue":
                continue
            day = period_of(header["period"]).first
            bets = restated_bets(connection, number, moment)
            rows = restatements(connection, number, moment)
            for basis, column in (
                ("placed", "placed_date"), ("settled", "effective_date")
            ):  # fmt: skip
                assert _summed(
                    (row["cause"], row["restated_amount"])
                    for row in rows
                    if (row["line_item"], row["measure"]) == (basis, "payout_amount")
                ) == _summed(
                    (bet["cause"], bet["payout_amount"])
                    for bet in bets
                    if bet[column] == day
                )


@pytest.mark.slow
def test_funds_and_open_bets_are_those_of_their_marts(
    warehouse: Warehouse, triples: list[Triple]
) -> None:
    """At the last moment the marts that are not versioned say the same."""
    assert triples
    for query in (
        """
        select jurisdiction, currency_code, gaming_date, cash_amount, bonus_amount,
            pending_withdrawal_amount
        from (
            select jurisdiction, currency_code, gaming_date,
                sum(sum(cash_amount)) over of_one as cash_amount,
                sum(sum(bonus_amount)) over of_one as bonus_amount,
                sum(sum(pending_withdrawal_amount)) over of_one
                    as pending_withdrawal_amount
            from finance.fct_customer_funds_changes
            group by jurisdiction, currency_code, gaming_date
            window of_one as (
                partition by jurisdiction, currency_code order by gaming_date
            )
        )
        where (jurisdiction, currency_code, gaming_date) in (
            select (jurisdiction, currency_code, gaming_date)
            from finance.rpt_customer_funds
        )
        except
        select jurisdiction, currency_code, gaming_date, cash_balance_amount,
            bonus_balance_amount, pending_withdrawal_amount
        from finance.rpt_customer_funds
        """,
        """
        select measure, period_start_date, jurisdiction, currency_code, amount
        from (
            select filing_id, versions.measure, filings.period_start_date,
                versions.jurisdiction, versions.currency_code,
                sum(versions.amount) as amount
            from finance.rpt_filing_versions as versions
            inner join filings.filings using (filing_id)
            where report = 'open_bets' and period_kind = 'day'
                and known_to = timestamp '9999-12-31'
            group by all
        )
        except
        select measure, gaming_date, jurisdiction, currency_code, amount
        from (
            unpivot finance.rpt_open_stakes
            on opening_stake_amount, handle_amount, settled_stake_amount,
                closing_stake_amount
            into name measure value amount
        )
        """,
    ):
        assert warehouse.rows(query) == []


@pytest.mark.slow
def test_what_may_not_be_filed_is_refused(
    warehouse: Warehouse, triples: list[Triple]
) -> None:
    assert triples
    with open_warehouse(warehouse.settings) as connection:
        count = "select count(*) from filings.filings"
        before = connection.execute(count).fetchall()
        for report, period, supersedes, message in (
            ("nonsense", "2026-03", None, "no report"),
            ("daily_revenue", "2026-03", None, "not filed for a month"),
            ("daily_revenue", "1999-01-01", None, "Nothing is known"),
            ("monthly_revenue", "2026-03", None, "stands for"),
            ("monthly_revenue", "2026-03", 10_000, "stands for"),
            ("daily_revenue", "1999-01-01", 1, "No filing stands"),
        ):
            request = Request(
                report, period_of(period), "Finance", "test", None, supersedes
            )
            with pytest.raises(WarehouseError, match=message):
                file_report(connection, request)
        assert connection.execute(count).fetchall() == before


def _expected(
    changes: Iterable[Change], first: date, last: date, names: dict[str, str]
) -> dict[Any, Decimal]:
    """Restatements of revenue between two days by jurisdiction, ..., cause."""
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for change in changes:
        count, *cents = change.money
        handle, settled, payout = (Decimal(c).scaleb(-2) for c in cents)
        for basis in ("placed", "settled", "cash"):
            step = change.step
            day = step.placed_day if basis == "placed" else step.effective_day
            if not first <= _date(day) <= last:
                continue
            earned = handle if basis == "cash" else settled
            amounts = (
                Decimal(count), handle, handle - settled, settled, payout,
                earned - payout,
            )  # fmt: skip
            for measure, amount in zip(MOVED, amounts, strict=True):
                line = (step.jurisdiction, step.currency_code, basis, measure)
                sums[*line, names[change.cause]] += amount
    return {key: amount for key, amount in sums.items() if amount}


def _assert_no_residual(rows: list[dict[str, Any]]) -> None:
    causes: dict[Any, Decimal] = defaultdict(Decimal)
    differences: dict[Any, Decimal] = {}
    for row in rows:
        line = tuple(row.values())[:4]
        causes[line] += row["restated_amount"]
        differences[line] = row["known_amount"] - row["filed_amount"]
        assert row["cause"] != "unexplained", row
    assert causes == differences


def _restatement_causes() -> dict[str, str]:
    with (PROJECT_DIR / "seeds" / "restatement_causes.csv").open() as file:
        return {r["cause"]: r["restatement_cause"] for r in csv.DictReader(file)}


def _summed(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for cause, amount in pairs:
        sums[cause] += amount
    return {cause: amount for cause, amount in sums.items() if amount}


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)

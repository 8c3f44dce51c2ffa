"""Filings on a dirty operator: random reports, filing moments and later moments."""

import os
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import pytest
from operator_under_test import Warehouse

from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.filings.file import file_report
from orchestration.filings.periods import period_of
from orchestration.filings.register import filing, restated_bets, restatements
from orchestration.filings.request import Request
from tests.bench import filings
from tests.bench.filing_findings import Findings, Triple, judge

TRIPLES = int(os.environ.get("FILING_TRIPLES", "40"))
"""How many to try; `make bench-filings` tries 500 in the same way."""


@pytest.fixture(scope="module")
def tried(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Warehouse, list[Triple], Findings]:
    """Reports filed at random moments; then other loads, and what was found."""
    simulation, warehouse = filings.begin(tmp_path_factory.mktemp("filings"))
    triples = filings.file_at_random(simulation, warehouse, TRIPLES)
    found = judge(simulation, warehouse, triples)
    return warehouse, triples, found


@pytest.fixture(scope="module")
def warehouse(
    tried: tuple[Warehouse, list[Triple], Findings],
) -> Warehouse:
    return tried[0]


@pytest.fixture(scope="module")
def triples(
    tried: tuple[Warehouse, list[Triple], Findings],
) -> list[Triple]:
    return tried[1]


@pytest.fixture(scope="module")
def found(
    tried: tuple[Warehouse, list[Triple], Findings],
) -> Findings:
    return tried[2]


@pytest.mark.slow
def test_filed_figures_reproduce_bit_by_bit(found: Findings) -> None:
    assert found.triples == TRIPLES
    assert found.lines > 10 * TRIPLES
    assert found.not_reproduced == []


@pytest.mark.slow
def test_restatements_leave_no_residual(found: Findings) -> None:
    assert found.figures > TRIPLES
    assert found.residuals == []
    assert {"late_settlement", "late_bet", "fx_correction", "late_movement"} <= set(
        found.causes
    )
    assert not {"code_change", "unexplained"} & set(found.causes)


@pytest.mark.slow
def test_causes_are_the_accountants(found: Findings) -> None:
    assert found.compared > TRIPLES // 10
    assert found.entries > 1000
    assert {"correction", "late_version", "resettlement", "test_account"} <= found.kinds
    assert found.other_causes == []


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


def _summed(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for cause, amount in pairs:
        sums[cause] += amount
    return {cause: amount for cause, amount in sums.items() if amount}

"""One bet, filed on Tuesday, and all that became known of it since, to the cent."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from operator_under_test import Warehouse, beyond

from orchestration.database import open_warehouse
from orchestration.filings.file import file_report
from orchestration.filings.periods import period_of
from orchestration.filings.register import (
    filed_lines,
    proof,
    restated_bets,
    restatements,
)
from orchestration.filings.request import Request
from orchestration.queries import figures_as_of
from tests.orchestration.story import bet, land, settlement

# What filed reports are made of.
SOURCES = frozenset({"bonuses", "fx", "payments", "wallet"})

TUESDAY = datetime(2026, 1, 6, 2)
THURSDAY = datetime(2026, 1, 8, 2)
SATURDAY = datetime(2026, 1, 10, 2)
NEXT_WEDNESDAY = datetime(2026, 1, 14, 2)
MONTH_END = datetime(2026, 2, 1, 2)
FX_FIXED = datetime(2026, 2, 3, 2)
LATE_BET = datetime(2026, 2, 4, 2)
MOMENTS = (
    TUESDAY, THURSDAY, SATURDAY, NEXT_WEDNESDAY, MONTH_END, FX_FIXED, LATE_BET
)  # fmt: skip
MONDAY = date(2026, 1, 5)
DAILY, OPEN, MONTHLY = 1, 2, 3

Changes = dict[tuple[str, str, str], str]  # line item, measure, cause: amount


def rate(day: int, pounds: str, recorded: datetime) -> dict[str, Any]:
    """What a euro costs on a day of January."""
    return {
        "base_currency": "EUR",
        "quote_currency": "GBP",
        "rate_date": date(2026, 1, day),
        "rate": Decimal(pounds),
        "published_at": datetime(2026, 1, day, 15),
        "recorded_at": recorded,
    }


def settled(version: int, day: int, **known: Any) -> dict[str, Any]:
    return settlement("B1", version, settled_at=datetime(2026, 1, day, 12), **known)


NIGHTS: dict[datetime, dict[str, list[dict[str, Any]]]] = {
    TUESDAY: {
        "betting/bets_placed": [bet("B1")],
        "fx/daily_rates": [rate(5, "0.8", datetime(2026, 1, 5, 15))],
    },
    THURSDAY: {
        "betting/bet_settlements": [settled(1, 7)],
        "fx/daily_rates": [rate(7, "0.8", datetime(2026, 1, 7, 15))],
    },
    SATURDAY: {
        "betting/bet_settlements": [
            settled(2, 9, settlement_status="won", payout_amount=Decimal("20.00"))
        ],
        "fx/daily_rates": [rate(9, "0.8", datetime(2026, 1, 9, 15))],
    },
    NEXT_WEDNESDAY: {
        "betting/bet_settlements": [
            settled(
                3,
                13,
                settlement_status="rolled_back",
                settled_stake_amount=Decimal("0.00"),
            )
        ],
        "fx/daily_rates": [rate(13, "0.8", datetime(2026, 1, 13, 15))],
    },
    MONTH_END: {"fx/daily_rates": [rate(30, "0.8", datetime(2026, 1, 30, 15))]},
    FX_FIXED: {
        "fx/daily_rates": [
            rate(5, "1.0", datetime(2026, 2, 2, 9)),
            rate(9, "1.0", datetime(2026, 2, 2, 9)),
        ]
    },
    LATE_BET: {
        "betting/bets_placed": [
            bet(
                "B2",
                placed_at=datetime(2026, 1, 30, 12),
                stake_amount=Decimal("5.00"),
                potential_payout_amount=Decimal("10.00"),
            )
        ]
    },
}


def night(warehouse: Warehouse, moment: datetime) -> None:
    for table, rows in NIGHTS[moment].items():
        land(warehouse.settings.landing, table, f"{moment:%m%d}", rows)
    warehouse.load(moment)


def filed(warehouse: Warehouse, report: str, period: str, **known: Any) -> int:
    request = Request(report, period_of(period), "Finance", "test", **known)
    with open_warehouse(warehouse.settings) as connection:
        return file_report(connection, request)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Monday is filed on Tuesday, January on 1 February; the rest comes as it may."""
    warehouse = Warehouse(tmp_path_factory.mktemp("home"), beyond(SOURCES))
    night(warehouse, TUESDAY)
    warehouse.build()
    assert filed(warehouse, "daily_revenue", "2026-01-05") == DAILY
    assert filed(warehouse, "open_bets", "2026-01-05") == OPEN
    for moment in (THURSDAY, SATURDAY, NEXT_WEDNESDAY, MONTH_END):
        night(warehouse, moment)
    warehouse.build()
    assert filed(warehouse, "monthly_revenue", "2026-01") == MONTHLY
    for moment in (FX_FIXED, LATE_BET):
        night(warehouse, moment)
    warehouse.build(all_tests=True)
    return warehouse


def changes(warehouse: Warehouse, number: int, moment: datetime | None) -> Changes:
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        rows = restatements(connection, number, moment)
    for row in rows:
        assert (row["jurisdiction"], row["currency_code"]) == ("GB", "GBP")
    return {
        (row["line_item"], row["measure"], row["cause"]): str(row["restated_amount"])
        for row in rows
    }


@pytest.mark.slow
def test_what_was_filed_stays(warehouse: Warehouse) -> None:
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        lines = {
            number: {
                (row["line_item"], row["measure"]): str(row["amount"])
                for row in filed_lines(connection, number)
            }
            for number in (DAILY, OPEN, MONTHLY)
        }
        for number in lines:
            assert all(proof(connection, number).values())
    bet_open = {
        "bet_count": "1.00", "handle_amount": "10.00", "open_stake_amount": "10.00",
        "settled_stake_amount": "0.00", "payout_amount": "0.00",
        "reporting_handle_amount": "12.50",
    }  # fmt: skip
    no_ggr = {"ggr_amount": "0.00", "reporting_ggr_amount": "0.00"}
    received = {"ggr_amount": "10.00", "reporting_ggr_amount": "12.50"}
    expected = {
        (basis, measure): amount
        for basis, ggr in (("placed", no_ggr), ("settled", no_ggr), ("cash", received))
        for measure, amount in (bet_open | ggr).items()
    }
    assert lines[DAILY] == expected
    assert lines[MONTHLY] == expected
    assert lines[OPEN] == {
        ("open_bets", "opening_stake_amount"): "0.00",
        ("open_bets", "handle_amount"): "10.00",
        ("open_bets", "settled_stake_amount"): "0.00",
        ("open_bets", "closing_stake_amount"): "10.00",
    }


@pytest.mark.slow
def test_monday_at_every_moment(warehouse: Warehouse) -> None:
    lost = {
        ("placed", "open_stake_amount", "late_settlement"): "-10.00",
        ("placed", "settled_stake_amount", "late_settlement"): "10.00",
        ("placed", "ggr_amount", "late_settlement"): "10.00",
        ("placed", "reporting_ggr_amount", "late_settlement"): "12.50",
    }
    won = lost | {
        ("placed", "payout_amount", "resettlement"): "20.00",
        ("placed", "ggr_amount", "resettlement"): "-20.00",
        ("placed", "reporting_ggr_amount", "resettlement"): "-25.00",
    }
    rolled_back = won | {
        ("placed", "open_stake_amount", "rollback"): "10.00",
        ("placed", "settled_stake_amount", "rollback"): "-10.00",
        ("placed", "payout_amount", "rollback"): "-20.00",
        ("placed", "ggr_amount", "rollback"): "10.00",
        ("placed", "reporting_ggr_amount", "rollback"): "12.50",
    }
    in_euro = rolled_back | {
        ("placed", "reporting_handle_amount", "fx_correction"): "-2.50",
        ("settled", "reporting_handle_amount", "fx_correction"): "-2.50",
        ("cash", "reporting_handle_amount", "fx_correction"): "-2.50",
        ("cash", "reporting_ggr_amount", "fx_correction"): "-2.50",
    }
    expected: dict[datetime | None, Changes] = {
        TUESDAY: {},
        THURSDAY: lost,
        SATURDAY: won,
        NEXT_WEDNESDAY: rolled_back,
        MONTH_END: rolled_back,
        FX_FIXED: in_euro,
        LATE_BET: in_euro,
        None: in_euro,
    }
    for moment, told in expected.items():
        assert changes(warehouse, DAILY, moment) == told, moment


@pytest.mark.slow
def test_the_open_bets_of_monday_do_not_move(warehouse: Warehouse) -> None:
    for moment in (*MOMENTS, None):
        assert changes(warehouse, OPEN, moment) == {}


@pytest.mark.slow
def test_january_at_every_moment_after_it_was_filed(warehouse: Warehouse) -> None:
    """Friday's resettlement weighs 20.00 euro at the right rate, not 25.00."""
    fixed = {
        ("placed", "reporting_handle_amount", "fx_correction"): "-2.50",
        ("settled", "reporting_handle_amount", "fx_correction"): "-2.50",
        ("settled", "reporting_ggr_amount", "fx_correction"): "5.00",
        ("cash", "reporting_handle_amount", "fx_correction"): "-2.50",
        ("cash", "reporting_ggr_amount", "fx_correction"): "2.50",
    }
    late = {
        (basis, measure, "late_bet"): amount
        for basis in ("placed", "settled", "cash")
        for measure, amount in {
            "bet_count": "1.00", "handle_amount": "5.00", "open_stake_amount": "5.00",
            "reporting_handle_amount": "6.25",
        }.items()
    } | {
        ("cash", "ggr_amount", "late_bet"): "5.00",
        ("cash", "reporting_ggr_amount", "late_bet"): "6.25",
    }  # fmt: skip
    assert changes(warehouse, MONTHLY, MONTH_END) == {}
    assert changes(warehouse, MONTHLY, FX_FIXED) == fixed
    assert changes(warehouse, MONTHLY, LATE_BET) == fixed | late
    assert changes(warehouse, MONTHLY, None) == fixed | late


@pytest.mark.slow
def test_the_settled_basis_at_every_moment(warehouse: Warehouse) -> None:
    """GGR of Monday, Wednesday, Friday and next Tuesday, as each day was known."""
    days = [date(2026, 1, day) for day in (5, 7, 9, 13)]
    stories = {
        TUESDAY: ["0.00", None, None, None],
        THURSDAY: ["0.00", "10.00", None, None],
        SATURDAY: ["0.00", "10.00", "-20.00", None],
        NEXT_WEDNESDAY: ["0.00", "10.00", "-20.00", "10.00"],
        LATE_BET: ["0.00", "10.00", "-20.00", "10.00"],
    }
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        for moment, expected in stories.items():
            for day, ggr in zip(days, expected, strict=True):
                rows = figures_as_of(connection, day, moment)
                told = [r["ggr_amount"] for r in rows if r["basis"] == "settled"]
                assert [str(amount) for amount in told] == ([ggr] if ggr else [])


@pytest.mark.slow
def test_the_bets_behind_monday(warehouse: Warehouse) -> None:
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        bets = restated_bets(connection, DAILY, SATURDAY)
    assert [(b["bet_id"], b["cause"], b["known_at"]) for b in bets] == [
        ("B1", "late_settlement", THURSDAY),
        ("B1", "resettlement", SATURDAY),
    ]


@pytest.mark.slow
def test_adjustments_after_the_close_are_booked_in_the_open_month(
    warehouse: Warehouse,
) -> None:
    january, february = date(2026, 1, 1), date(2026, 2, 1)
    rows = warehouse.rows(
        """
        select effective_month_date, booked_month_date, bet_count, handle_amount,
            settled_stake_amount, payout_amount, ggr_amount, closing_filing_id
        from finance.rpt_period_adjustments where basis = 'settled' order by all
        """
    )
    ten, five, nothing = Decimal("10.00"), Decimal("5.00"), Decimal("0.00")
    assert rows == [
        (january, january, 1, ten, nothing, nothing, nothing, MONTHLY),
        (january, february, 1, five, nothing, nothing, nothing, MONTHLY),
    ]


@pytest.mark.slow
def test_a_small_restatement_is_not_material(warehouse: Warehouse) -> None:
    query = "select distinct is_material from finance.rpt_restatements"
    assert warehouse.rows(query) == [(False,)]


@pytest.mark.slow
def test_other_rules_are_told_apart_from_news(warehouse: Warehouse) -> None:
    """As if the rules now made a penny more of Monday's handle, at any moment."""
    with open_warehouse(warehouse.settings) as connection:
        connection.begin()
        connection.execute(
            "update finance.rpt_revenue_versions set handle_amount = handle_amount + "
            "0.01 where gaming_date = $1 and basis = 'placed'",
            [MONDAY],
        )
        rows = restatements(connection, DAILY)
        assert [
            (row["cause"], str(row["restated_amount"]))
            for row in rows
            if (row["line_item"], row["measure"]) == ("placed", "handle_amount")
        ] == [("code_change", "0.01")]
        assert proof(connection, DAILY) == {
            "is_untouched": True,
            "is_reproduced": False,
        }
        connection.rollback()


@pytest.mark.slow
def test_a_filing_that_was_tampered_with_shows(warehouse: Warehouse) -> None:
    with open_warehouse(warehouse.settings) as connection:
        connection.begin()
        connection.execute(
            "update filings.lines set amount = amount + 0.01 where filing_id = $1",
            [DAILY],
        )
        assert not proof(connection, DAILY)["is_untouched"]
        connection.rollback()


@pytest.mark.slow
def test_a_later_filing_takes_the_place_and_the_earlier_one_stays(
    warehouse: Warehouse,
) -> None:
    before = warehouse.rows("select * from filings.lines order by all")
    number = filed(warehouse, "daily_revenue", "2026-01-05", supersedes=DAILY)
    assert changes(warehouse, number, None) == {}
    states = warehouse.rows(
        """
        select filing_id, is_standing, superseded_by_filing_id
        from staging.stg_filings__filings where report = 'daily_revenue' order by all
        """
    )
    assert states == [(DAILY, False, number), (number, True, None)]
    kept = warehouse.rows(
        "select * from filings.lines where filing_id <> $1 order by all", number
    )
    assert kept == before

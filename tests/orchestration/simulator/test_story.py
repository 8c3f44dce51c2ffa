"""The truth of small stories, to the cent."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from orchestration.simulator import Truth
from orchestration.simulator.contract import BETS, PROFILES, SETTLEMENTS, Feed
from orchestration.simulator.files import STORY
from orchestration.simulator.records import FileRecord
from orchestration.simulator.truth import Load, gaming_day

FIRST = datetime(2026, 1, 6, 2)
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 1, day) for day in (5, 6, 7))
FIGURES = (
    "bet_count", "handle_amount", "open_stake_amount", "settled_stake_amount",
    "payout_amount", "ggr_amount", "bonus_settled_stake_amount", "bonus_payout_amount",
)  # fmt: skip


def at(text: str) -> datetime:
    """Day of January 2026 and time, such as `5 23:30`."""
    return datetime.fromisoformat(f"2026-01-0{text}")


def file(path: str, feed: Feed, *rows: dict[str, Any]) -> FileRecord:
    columns = [*STORY[feed.table], "content", "refusals"]
    schema = pa.schema(
        [feed.schema.field(name) for name in STORY[feed.table]]
        + [pa.field("content", pa.int64()), pa.field("refusals", pa.string())]
    )
    filled = [{"content": 0, "refusals": None, **row} for row in rows]
    assert all(set(row) == set(columns) for row in filled)
    table = pa.Table.from_pylist(filled, schema=schema)
    return FileRecord(path, feed.table, 1, len(rows), rows=table)


def bet(recorded_at: str = "5 12:00", **changes: Any) -> dict[str, Any]:
    row = {
        "bet_id": "B1", "customer_id": "C1", "jurisdiction": "GB",
        "currency_code": "GBP", "placed_at": at("5 12:00"),
        "stake_amount": Decimal("10.00"), "bonus_stake_amount": Decimal("0.00"),
        "recorded_at": at(recorded_at),
    }  # fmt: skip
    return row | changes


def settlement(
    version: int, settled: str, payout: str, settled_at: str, **changes: Any
) -> dict[str, Any]:
    row = {
        "bet_id": "B1", "settlement_version": version,
        "settled_stake_amount": Decimal(settled), "payout_amount": Decimal(payout),
        "settled_at": at(settled_at), "settlement_status": "lost",
        "recorded_at": at(settled_at),
    }  # fmt: skip
    return row | changes


def profile(updated_at: str, *, is_test: bool) -> dict[str, Any]:
    moment = at(updated_at)
    return {
        "customer_id": "C1", "updated_at": moment, "is_test_account": is_test,
        "recorded_at": moment,
    }  # fmt: skip


def loads_of(*loads: Sequence[FileRecord]) -> tuple[Truth, list[Load]]:
    """One load a day, each of some files."""
    truth = Truth([file for files in loads for file in files])
    moments = [FIRST + timedelta(days=number) for number in range(len(loads))]
    return truth, [
        (moment, [file.path for file in files])
        for moment, files in zip(moments, loads, strict=True)
    ]


def told(*loads: Sequence[FileRecord]) -> dict[tuple[int, str, date], tuple[str, ...]]:
    """Figures by number of the load, basis and date."""
    truth, listed = loads_of(*loads)
    return {
        ((row["known_from"] - FIRST).days, row["basis"], row["gaming_date"]): tuple(
            str(row[name]) for name in FIGURES
        )
        for row in truth.figures(listed).to_pylist()
    }


NO_BONUS = ("0.00", "0.00")
OPEN = ("1", "10.00", "10.00", "0.00", "0.00", "0.00", *NO_BONUS)


def test_a_bet_is_open_until_it_is_settled() -> None:
    story = told(
        [file("1", BETS, bet())],
        [file("2", SETTLEMENTS, settlement(1, "10.00", "25.50", "6 12:00"))],
    )
    assert story == {
        (0, "placed", MONDAY): OPEN,
        (0, "settled", MONDAY): OPEN,
        (1, "placed", MONDAY): (
            "1", "10.00", "0.00", "10.00", "25.50", "-15.50", *NO_BONUS,
        ),
        (1, "settled", TUESDAY): (
            "0", "0.00", "-10.00", "10.00", "25.50", "-15.50", *NO_BONUS,
        ),
    }  # fmt: skip


def test_a_resettlement_and_a_rollback_belong_to_their_own_days() -> None:
    story = told(
        [
            file("1", BETS, bet()),
            file("2", SETTLEMENTS, settlement(1, "10.00", "25.50", "5 13:00")),
        ],
        [file("3", SETTLEMENTS, settlement(2, "10.00", "0.00", "6 13:00"))],
        [file("4", SETTLEMENTS, settlement(3, "0.00", "0.00", "7 13:00"))],
    )
    assert story[1, "settled", TUESDAY] == (
        "0", "0.00", "0.00", "0.00", "-25.50", "25.50", *NO_BONUS,
    )  # fmt: skip
    assert story[1, "placed", MONDAY][3:6] == ("10.00", "0.00", "10.00")
    assert story[2, "settled", WEDNESDAY] == (
        "0", "0.00", "10.00", "-10.00", "0.00", "-10.00", *NO_BONUS,
    )  # fmt: skip
    assert story[2, "placed", MONDAY] == OPEN


def test_a_version_that_comes_after_its_successor_dates_the_difference_anew() -> None:
    story = told(
        [file("1", BETS, bet())],
        [file("2", SETTLEMENTS, settlement(2, "10.00", "0.00", "7 13:00"))],
        [file("3", SETTLEMENTS, settlement(1, "10.00", "25.50", "6 13:00"))],
    )
    assert story[1, "settled", WEDNESDAY][2:6] == ("-10.00", "10.00", "0.00", "10.00")
    assert story[2, "settled", TUESDAY][2:6] == ("-10.00", "10.00", "25.50", "-15.50")
    assert story[2, "settled", WEDNESDAY][2:6] == ("0.00", "0.00", "-25.50", "25.50")
    assert (2, "placed", MONDAY) not in story


def test_a_settlement_waits_for_its_bet() -> None:
    story = told(
        [file("1", SETTLEMENTS, settlement(1, "10.00", "0.00", "5 13:00"))],
        [file("2", BETS, bet())],
    )
    assert {load for load, *_ in story} == {1}
    assert story[1, "placed", MONDAY][2:6] == ("0.00", "10.00", "0.00", "10.00")


def test_a_correction_replaces_the_row_from_its_load_on() -> None:
    right = bet("5 14:00", content=1, placed_at=at("6 00:30"))
    right["stake_amount"] = Decimal("12.00")
    story = told([file("1", BETS, bet())], [file("2", BETS, right)])
    assert story[1, "placed", MONDAY][:3] == ("0", "0.00", "0.00")
    assert story[1, "placed", TUESDAY][:3] == ("1", "12.00", "12.00")


@pytest.mark.parametrize(
    ("recorded_at", "content"), [("5 12:00", 0), ("5 14:00", 0), ("5 11:00", 1)]
)
def test_any_other_second_row_is_a_duplicate(recorded_at: str, content: int) -> None:
    second = bet(recorded_at, content=content, stake_amount=Decimal("12.00"))
    truth, loads = loads_of([file("1", BETS, bet())], [file("2", BETS, second)])
    assert truth.figures(loads).num_rows == 2
    first, account = truth.accounting(loads)
    assert (first.rows_in, first.rows_loaded) == (1, 1)
    assert (account.rows_in, account.rows_duplicate) == (1, 1)


def test_a_later_repetition_confirms_a_row_against_an_older_correction() -> None:
    said_again = bet("5 16:00")
    between = bet("5 14:00", content=1, stake_amount=Decimal("99.00"))
    story = told([file("1", BETS, bet(), said_again)], [file("2", BETS, between)])
    assert {load for load, *_ in story} == {0}


def test_a_test_account_is_out_from_the_load_that_says_so() -> None:
    story = told(
        [
            file("1", BETS, bet()),
            file("2", PROFILES, profile("1 00:00", is_test=False)),
        ],
        [file("3", PROFILES, profile("6 00:00", is_test=True))],
    )
    assert story[0, "placed", MONDAY] == OPEN
    assert story[1, "placed", MONDAY] == (
        "0", "0.00", "0.00", "0.00", "0.00", "0.00", *NO_BONUS,
    )  # fmt: skip


def test_bonus_parts_are_rounded_half_up() -> None:
    stakes = {
        "stake_amount": Decimal("3.00"), "bonus_stake_amount": Decimal("1.00"),
    }  # fmt: skip
    half = settlement(1, "1.50", "0.05", "5 13:00")
    story = told([file("1", BETS, bet(**stakes)), file("2", SETTLEMENTS, half)])
    assert story[0, "placed", MONDAY][6:] == ("0.50", "0.02")
    stakes["stake_amount"] = Decimal("2.00")
    story = told([file("1", BETS, bet(**stakes)), file("2", SETTLEMENTS, half)])
    assert story[0, "placed", MONDAY][6:] == ("0.75", "0.03")


def test_refused_rows_and_files_have_no_effect() -> None:
    bad = bet(refusals="stake_amount:out_of_range bonus_stake_amount:inconsistent_row")
    broken = FileRecord("2", BETS.table, 1, 7, refused="wrong_type")
    truth, loads = loads_of([file("1", BETS, bad), broken])
    assert truth.figures(loads).num_rows == 0
    rows, whole = truth.accounting(loads)
    assert rows.rows_quarantined == 1
    assert rows.reasons == {"out_of_range": 1, "inconsistent_row": 1}
    assert whole.rows_quarantined == 7
    assert whole.reasons == {"wrong_type": 1}


def test_positions_state_every_bet_known_at_a_moment() -> None:
    truth, loads = loads_of(
        [file("1", BETS, bet(), bet(bet_id="B2"))],
        [file("2", SETTLEMENTS, settlement(1, "4.00", "3.00", "6 12:00"))],
    )
    before, after = (truth.positions(moment, loads).to_pylist() for moment, _ in loads)
    assert [row["settlement_version"] for row in before] == [0, 0]
    assert [row["settlement_version"] for row in after] == [1, 0]
    assert after[0]["open_stake_amount"] == Decimal("6.00")
    assert after[0]["ggr_amount"] == Decimal("1.00")


@pytest.mark.parametrize(
    ("moment", "jurisdiction", "day"),
    [
        (datetime(2026, 3, 29, 23, 30), "GB", date(2026, 3, 30)),  # summer time began
        (datetime(2026, 3, 28, 23, 30), "GB", date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 30), "ES", date(2026, 3, 29)),
        (datetime(2026, 1, 6, 4, 59), "US-NJ", date(2026, 1, 5)),
        (datetime(2026, 7, 6, 4, 0), "US-NY", date(2026, 7, 6)),
    ],
)
def test_gaming_days_follow_the_local_calendar(
    moment: datetime, jurisdiction: str, day: date
) -> None:
    since = (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    assert date(1970, 1, 1) + timedelta(gaming_day(since, jurisdiction)) == day


def test_loads_must_come_in_the_order_of_known_at() -> None:
    truth, loads = loads_of([file("1", BETS, bet())], [file("2", BETS, bet())])
    with pytest.raises(ValueError, match="order of known_at"):
        truth.figures(loads[::-1])

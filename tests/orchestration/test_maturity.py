"""What `warehouse maturity` says of a day."""

from datetime import date
from decimal import Decimal
from typing import Any

from orchestration.cli.maturity import sentence

MONDAY: dict[str, Any] = {
    "gaming_date": date(2026, 1, 5),
    "jurisdiction": "GB",
    "currency_code": "GBP",
    "settled_share": Decimal("0.9780"),
    "ggr_amount": Decimal("1200.50"),
    "expected_change_amount": Decimal("-4.80"),
    "low_change_amount": Decimal("-12.00"),
    "high_change_amount": Decimal("2.40"),
}


def test_a_day_says_how_far_it_may_move() -> None:
    assert sentence(MONDAY) == (
        "Monday 2026-01-05 GB: 97.8 % settled, GGR 1,200.50 expected to move by "
        "-4.80 GBP (80 %: -12.00 to +2.40)"
    )


def test_a_day_without_history_says_so() -> None:
    said = sentence(MONDAY | {"expected_change_amount": None, "settled_share": None})
    assert said == (
        "Monday 2026-01-05 GB: nothing staked, GGR 1,200.50 GBP so far; "
        "too little history to say how far it will move"
    )

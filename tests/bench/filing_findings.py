"""What the register says of filings, laid beside what was filed and an accountant."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from orchestration.database import open_warehouse
from orchestration.filings.periods import Period, period_of
from orchestration.filings.register import filed_lines, filing, proof, restatements
from orchestration.seeds import read_seed
from orchestration.simulator import Simulation
from orchestration.simulator.causes import Change
from tests.orchestration.system.operator_under_test import Warehouse

REVENUE = {"daily_revenue", "monthly_revenue"}
MOVED = (
    "bet_count", "handle_amount", "open_stake_amount", "settled_stake_amount",
    "payout_amount", "ggr_amount",
)  # fmt: skip
_LEDGER = """
    select known_at, bet_id, cause, jurisdiction, currency_code, placed_date,
        effective_date, sum(bet_count), sum(handle_amount), sum(settled_stake_amount),
        sum(payout_amount)
    from finance.fct_bet_ledger_entries group by all
"""

Triple = tuple[int, datetime]  # number of the filing, moment to compare with


@dataclass
class Findings:
    """What was found; what should be nought is a list of what was not."""

    triples: int = 0
    lines: int = 0
    figures: int = 0
    compared: int = 0
    entries: int = 0
    not_reproduced: list[int] = field(default_factory=list)
    residuals: list[str] = field(default_factory=list)
    other_causes: list[str] = field(default_factory=list)
    causes: Counter[str] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.not_reproduced or self.residuals or self.other_causes)


def judge(
    simulation: Simulation, warehouse: Warehouse, triples: list[Triple]
) -> Findings:
    """Lay what the register says beside what was filed and what the accountant says."""
    found = Findings()
    changes = simulation.truth.changes(warehouse.loads)
    names = _restatement_causes()
    _judge_entries(warehouse, changes, found)
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        for number, moment in triples:
            found.triples += 1
            found.lines += len(filed_lines(connection, number))
            if not all(proof(connection, number).values()):
                found.not_reproduced.append(number)
            header = filing(connection, number)
            rows = restatements(connection, number, moment)
            found.residuals += _residuals(number, rows)
            found.figures += len({tuple(row.values())[:4] for row in rows})
            found.causes.update(row["cause"] for row in rows)
            if header["report"] in REVENUE:
                found.compared += 1
                known = [
                    c for c in changes if header["known_at"] < c.known_at <= moment
                ]
                expected = _expected(known, period_of(header["period"]), names)
                if _stated(rows) != expected:
                    found.other_causes.append(f"filing {number} at {moment}")
    return found


def _judge_entries(
    warehouse: Warehouse, changes: list[Change], found: Findings
) -> None:
    """Every entry of the ledger has the accountant's cause and amounts."""
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
        for row in warehouse.rows(_LEDGER)
    }
    found.entries = len(posted)
    found.kinds = {cause for _, _, cause, *_ in posted}
    found.other_causes += [
        f"entry {key}"
        for key in posted.keys() | expected.keys()
        if posted.get(key, [0, 0, 0, 0]) != expected.get(key, [0, 0, 0, 0])
    ]


def _stated(rows: list[dict[str, Any]]) -> dict[Any, Decimal]:
    return {
        tuple(row.values())[:5]: row["restated_amount"]
        for row in rows
        if row["measure"] in MOVED
    }


def _expected(
    changes: Iterable[Change], period: Period, names: dict[str, str]
) -> dict[Any, Decimal]:
    """Restatements of a period's revenue by jurisdiction, ..., cause."""
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for change in changes:
        count, *cents = change.money
        handle, settled, payout = (Decimal(c).scaleb(-2) for c in cents)
        for basis in ("placed", "settled", "cash"):
            step = change.step
            day = step.placed_day if basis == "placed" else step.effective_day
            if not period.first <= _date(day) <= period.last:
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


def _residuals(number: int, rows: list[dict[str, Any]]) -> list[str]:
    """What the causes of a figure do not explain of its difference."""
    rest: dict[Any, Decimal] = defaultdict(Decimal)
    for row in rows:
        line = tuple(row.values())[:4]
        if line not in rest:
            rest[line] = row["known_amount"] - row["filed_amount"]
        if row["cause"] != "unexplained":
            rest[line] -= row["restated_amount"]
    return [
        f"filing {number}: {line} {amount}" for line, amount in rest.items() if amount
    ]


def _restatement_causes() -> dict[str, str]:
    rows = read_seed("restatement_causes")
    return {row["cause"]: row["restatement_cause"] for row in rows}


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)

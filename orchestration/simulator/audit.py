"""The audit: every break between the wallet and the rest in what was delivered.

In plain Python over the rows that stand in the end, apart from the warehouse's SQL.
What was planted must be among it, and what lost and wrong rows bring about is too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

import pyarrow as pa

from orchestration.simulator.feed import AMOUNT
from orchestration.simulator.replay import Replay

BREAKS_SCHEMA = pa.schema(
    [
        ("break_kind", pa.string()),
        ("reference_id", pa.string()),
        ("customer_id", pa.string()),
        ("happened_date", pa.date32()),
        ("break_amount", AMOUNT),
    ]
)
DAY_US = 86_400_000_000
# What each kind of movement is for, and whether it adds to it.
ASPECTS: dict[str, tuple[tuple[str, int], ...]] = {
    "stake": (("stake", 1),),
    "bonus_stake": (("bonus_stake", 1),),
    "payout": (("payout", 1),),
    "payout_reversal": (("payout", -1),),
    "bonus_refund": (("payout", 1),),
    "bonus_refund_reversal": (("payout", -1),),
    "deposit": (("payment", 1),),
    "chargeback": (("payment", -1),),
    "withdrawal_request": (("payment", -1), ("hold", 1)),
    "withdrawal_paid": (("hold", -1),),
    "withdrawal_returned": (("payment", 1), ("hold", -1)),
    "bonus_grant": (("bonus", 1),),
    "bonus_expiry": (),
}
# What each state of a payment does to cash and to what waits.
EFFECTS = {
    ("deposit", "completed"): (1, 0),
    ("deposit", "charged_back"): (-1, 0),
    ("withdrawal", "pending"): (-1, 1),
    ("withdrawal", "completed"): (0, -1),
    ("withdrawal", "cancelled"): (1, -1),
    ("withdrawal", "failed"): (1, -1),
}


class Found(NamedTuple):
    """A break."""

    kind: str
    reference_id: str
    customer_id: str
    happened: date | None
    cents: int


Thing = tuple[str, str]  # reference id, aspect


def breaks_of(replay: Replay) -> pa.Table:
    """All breaks in what stands, test accounts left out (BREAKS_SCHEMA)."""
    rows = sorted(
        found
        for found in (*_of_references(replay), *_of_balances(replay))
        if not replay.is_test(found.customer_id)
    )
    columns = [
        [found.kind for found in rows],
        [found.reference_id for found in rows],
        [found.customer_id for found in rows],
        [found.happened for found in rows],
        [Decimal(found.cents).scaleb(-2) for found in rows],
    ]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, BREAKS_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=BREAKS_SCHEMA)


def _of_references(replay: Replay) -> Iterator[Found]:
    claims: dict[Thing, int] = defaultdict(int)
    money: dict[Thing, tuple[str, str]] = {}  # customer and currency
    for thing, customer, currency, cents in _claims(replay):
        claims[thing] += cents
        money[thing] = (customer, currency)
    moved: dict[Thing, list[tuple[int, str, tuple[Any, ...]]]] = defaultdict(list)
    for standing in replay.others["wallet_movements"].values():
        said = standing.said.facts
        same = (
            said["movement_kind"], said["reference_version"], said["movement_amount"],
            said["currency_code"],
        )  # fmt: skip
        for aspect, sign in ASPECTS[said["movement_kind"]]:
            thing = (said["reference_id"], aspect)
            moved[thing].append(
                (sign * said["movement_amount"], said["currency_code"], same)
            )
            money.setdefault(thing, (said["customer_id"], said["currency_code"]))
    for thing, (customer, currency) in money.items():
        wrong = _problem(claims[thing], currency, moved.get(thing, []))
        if wrong:
            problem, cents = wrong
            yield Found(f"{thing[1]}_{problem}", thing[0], customer, None, cents)


def _problem(
    claimed: int, currency: str, moves: list[tuple[int, str, tuple[Any, ...]]]
) -> tuple[str, int] | None:
    """What is wrong, and by how much."""
    total = sum(cents for cents, _, _ in moves)
    if claimed == total == 0:
        return None
    if not moves:
        return "missing", claimed
    if claimed == 0:
        return "unexpected", total
    if any(other != currency for _, other, _ in moves):
        return "currency", total
    if claimed == total:
        return None
    seen, again = set(), 0
    for cents, _, same in moves:
        again += cents if same in seen else 0
        seen.add(same)
    return "doubled" if again and total - again == claimed else "differs", (
        total - claimed
    )


def _claims(replay: Replay) -> Iterator[tuple[Thing, str, str, int]]:
    for bet_id, standing in replay.bets.items():
        bet = standing.said
        if replay.is_test(bet.customer_id):
            continue
        versions = replay.versions.get(bet_id)
        paid = versions[max(versions)].said.payout if versions else 0
        for aspect, cents in (
            ("stake", bet.stake - bet.bonus),
            ("bonus_stake", bet.bonus),
            ("payout", paid),
        ):
            yield (bet_id, aspect), bet.customer_id, bet.currency_code, cents
    for key, state in replay.others["payments"].items():
        said = state.said.facts
        case = (said["payment_type"], said["payment_status"])
        effects = zip(("payment", "hold"), EFFECTS.get(case, (0, 0)), strict=True)
        for aspect, sign in effects:
            cents = sign * said["payment_amount"]
            yield (key[0], aspect), said["customer_id"], said["currency_code"], cents
    for key, state in replay.others["bonus_states"].items():
        said = state.said.facts
        if key[1] == 1:
            thing = (key[0], "bonus")
            cents = said["granted_amount"]
            yield thing, said["customer_id"], said["currency_code"], cents


def _of_balances(replay: Replay) -> Iterator[Found]:
    """Balances that moved by something else than the movements since the last one."""
    events = []  # customer, currency, day, whether a statement, cents by account
    for state in replay.others["wallet_movements"].values():
        said = state.said.facts
        day = said["posted_at"] // DAY_US
        cents = [sign * said["movement_amount"] for sign in _owned(said)]
        events.append((said["customer_id"], said["currency_code"], day, False, cents))
    epoch = date(1970, 1, 1)
    for (customer, when), state in replay.others["wallet_balances"].items():
        said = state.said.facts
        cents = [
            said[f"{name}_amount"]
            for name in ("cash_balance", "bonus_balance", "pending_withdrawal")
        ]
        day = (when - epoch).days
        events.append((customer, said["currency_code"], day, True, cents))
    events.sort(key=lambda event: event[:4])
    for (customer, _), group in groupby(events, key=lambda event: event[:2]):
        total, off = [0, 0, 0], [0, 0, 0]
        for _, _, day, is_statement, cents in group:
            if not is_statement:
                total = [a + b for a, b in zip(total, cents, strict=True)]
                continue
            for place, name in enumerate(("cash", "bonus", "pending_withdrawal")):
                more = cents[place] - total[place] - off[place]
                off[place] += more
                if more:
                    kind = f"{name}_balance_differs"
                    happened = epoch + timedelta(days=day)
                    yield Found(kind, customer, customer, happened, more)


def _owned(said: dict[str, Any]) -> tuple[int, int, int]:
    """What a movement adds to cash, bonus money and pending withdrawals."""
    kind = said["movement_kind"]
    if kind.startswith("bonus"):
        return 0, 1 if kind in {"bonus_refund", "bonus_grant"} else -1, 0
    cash = {
        "payout": 1, "deposit": 1, "withdrawal_returned": 1, "stake": -1,
        "payout_reversal": -1, "chargeback": -1, "withdrawal_request": -1,
    }.get(kind, 0)  # fmt: skip
    waiting = {
        "withdrawal_request": 1, "withdrawal_paid": -1, "withdrawal_returned": -1
    }.get(kind, 0)  # fmt: skip
    return cash, 0, waiting

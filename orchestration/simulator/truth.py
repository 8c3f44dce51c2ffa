"""The truth: what an all-knowing accountant states after any loads of the files.

Computed from what the simulator meant by every row that it wrote, in plain Python with
whole cents: no SQL, nothing of the warehouse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from orchestration.simulator.audit import breaks_of
from orchestration.simulator.causes import Change, ChangeBook
from orchestration.simulator.gaming_days import gaming_day
from orchestration.simulator.records import FileRecord
from orchestration.simulator.replay import FileAccount, Replay
from orchestration.simulator.sayings import MAKERS
from orchestration.simulator.shares import (
    NOTHING,
    Figures,
    Group,
    plus,
    position_of,
    share_of,
)

Load = tuple[datetime, Sequence[str | Path]]
_AMOUNT = pa.decimal128(18, 2)
_AMOUNTS = (
    "handle_amount", "open_stake_amount", "settled_stake_amount", "payout_amount",
    "ggr_amount", "bonus_handle_amount", "bonus_open_stake_amount",
    "bonus_settled_stake_amount", "bonus_payout_amount", "bonus_ggr_amount",
)  # fmt: skip
FIGURES_SCHEMA = pa.schema(
    [
        ("gaming_date", pa.date32()),
        ("jurisdiction", pa.string()),
        ("currency_code", pa.string()),
        ("basis", pa.string()),
        ("known_from", pa.timestamp("us")),
        ("bet_count", pa.int64()),
        *((name, _AMOUNT) for name in _AMOUNTS),
    ]
)
POSITIONS_SCHEMA = pa.schema(
    [
        ("bet_id", pa.string()),
        ("customer_id", pa.string()),
        ("jurisdiction", pa.string()),
        ("currency_code", pa.string()),
        ("gaming_date", pa.date32()),
        ("settlement_version", pa.int64()),
        ("is_test_account", pa.bool_()),
        *((name, _AMOUNT) for name in _AMOUNTS),
    ]
)


class Truth:
    """States figures for any way of loading a simulation's files.

    A load is its known_at (naive UTC) and the paths of its files; loads must come in
    the order of known_at. Inside a load, rows count in the order of recorded_at, then
    of path and row number.
    """

    def __init__(self, files: Iterable[FileRecord]) -> None:
        self._files = {file.path: file for file in files}

    def figures(self, loads: Sequence[Load]) -> pa.Table:
        """State of each group after every load that changed it (FIGURES_SCHEMA)."""
        replay = Replay()
        shares: dict[str, dict[Group, Figures]] = {}
        totals: dict[Group, Figures] = {}
        rows: list[tuple[object, ...]] = []
        for known_at, paths in self._in_order(loads):
            touched, _ = replay.load(self._core(paths))
            before: dict[Group, Figures] = {}
            for bet_id in sorted(touched):
                share = share_of(replay, bet_id)
                for sign, part in ((-1, shares.get(bet_id, {})), (1, share)):
                    for group, figures in part.items():
                        total = totals.get(group, NOTHING)
                        before.setdefault(group, total)
                        totals[group] = plus(total, figures, sign)
                shares[bet_id] = share
            rows += [
                _row(group, known_at, totals[group])
                for group in sorted(before)
                if totals[group] != before[group]
            ]
        return _table(rows, FIGURES_SCHEMA)

    def changes(self, loads: Sequence[Load]) -> list[Change]:
        """Every change of a bet's money, load by load, with its cause."""
        replay = Replay()
        book = ChangeBook(replay)
        changes: list[Change] = []
        for known_at, paths in self._in_order(loads):
            touched, _ = replay.load(self._core(paths))
            changes += book.changes(known_at, touched)
        return changes

    def accounting(self, loads: Sequence[Load]) -> list[FileAccount]:
        """What became of the rows of each file, load by load."""
        replay = Replay()
        accounts: list[FileAccount] = []
        for _, paths in self._in_order(loads):
            accounts += replay.load(self._files[str(path)] for path in paths)[1]
        return accounts

    def breaks(self, loads: Sequence[Load]) -> pa.Table:
        """Breaks between the wallet and the rest after all loads (BREAKS_SCHEMA)."""
        replay = Replay()
        for _, paths in self._in_order(loads):
            replay.load(self._files[str(path)] for path in paths)
        return breaks_of(replay)

    def positions(self, known_at: datetime, loads: Sequence[Load]) -> pa.Table:
        """Position of every bet known at a moment, test accounts' too.

        Returns:
            POSITIONS_SCHEMA, by bet_id; settlement_version is 0 when there is none.
        """
        replay = Replay()
        for moment, paths in self._in_order(loads):
            if moment <= known_at:
                replay.load(self._core(paths))
        rows: list[tuple[object, ...]] = []
        for bet_id in sorted(replay.bets):
            bet = replay.bets[bet_id].said
            latest = max(replay.versions[bet_id], default=0)
            figures = (1, *position_of(replay, bet, latest))
            rows.append(
                (
                    bet_id, bet.customer_id, bet.jurisdiction, bet.currency_code,
                    _date(gaming_day(bet.placed_at, bet.jurisdiction)), latest,
                    replay.is_test(bet.customer_id), *_amounts(figures),
                )
            )  # fmt: skip
        return _table(rows, POSITIONS_SCHEMA)

    def _core(self, paths: Sequence[str | Path]) -> Iterator[FileRecord]:
        """Those of the files that revenue depends on."""
        files = (self._files[str(path)] for path in paths)
        return (file for file in files if file.table in MAKERS)

    @staticmethod
    def _in_order(loads: Sequence[Load]) -> Sequence[Load]:
        moments = [known_at for known_at, _ in loads]
        if any(a >= b for a, b in pairwise(moments)):
            msg = "loads must come in the order of known_at, no two at one moment"
            raise ValueError(msg)
        return loads


def _amounts(figures: Sequence[int]) -> list[Decimal]:
    """Figures in the order of _AMOUNTS, in major units."""
    _, handle, settled, payout, bonus, bonus_settled, bonus_payout = figures
    cents = (
        handle, handle - settled, settled, payout, settled - payout,
        bonus, bonus - bonus_settled, bonus_settled, bonus_payout,
        bonus_settled - bonus_payout,
    )  # fmt: skip
    return [Decimal(amount).scaleb(-2) for amount in cents]


def _row(group: Group, known_at: datetime, figures: Figures) -> tuple[object, ...]:
    day, *names = group
    return (_date(day), *names, known_at, figures[0], *_amounts(figures))


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


def _table(rows: list[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [
        pa.array(list(values), field.type)
        for values, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)

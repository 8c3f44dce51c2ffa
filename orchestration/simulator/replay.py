"""Replay loads row by row: which statement of each key stands, in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import pyarrow as pa

from orchestration.simulator.records import FileRecord
from orchestration.simulator.sayings import (
    Bet,
    Fact,
    Profile,
    Row,
    Settlement,
    good_rows,
)

Said = TypeVar("Said", Bet, Settlement, Profile, Fact)


@dataclass
class Standing(Generic[Said]):
    """The row that stands for a key; revision counts it and those before."""

    said: Said
    content: int
    recorded_at: int
    revision: int = 1


@dataclass
class FileAccount:
    """What became of a file's rows; reasons count rows, or 1 for a whole file."""

    path: str
    rows_in: int
    rows_loaded: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    refused: str | None = None
    reasons: Counter[str] = field(default_factory=Counter)


class Replay:
    """What is known after the loads so far."""

    def __init__(self) -> None:
        self.bets: dict[str, Standing[Bet]] = {}
        self.versions: defaultdict[str, dict[int, Standing[Settlement]]]
        self.versions = defaultdict(dict)
        self.profiles: defaultdict[str, dict[int, Standing[Profile]]]
        self.profiles = defaultdict(dict)
        self.bets_of: defaultdict[str, set[str]] = defaultdict(set)
        self.test_customers: set[str] = set()
        self.others: defaultdict[str, dict[tuple[Any, ...], Standing[Fact]]]
        self.others = defaultdict(dict)  # by table and key

    def load(self, files: Iterable[FileRecord]) -> tuple[set[str], list[FileAccount]]:
        """Take in files as one load.

        Returns:
            Ids of the bets of which something changed, and an account of each file.
        """
        accounts: dict[str, FileAccount] = {}
        rows: list[Row] = []
        for file in sorted(files, key=lambda file: file.path):
            account = accounts[file.path] = FileAccount(file.path, file.row_count)
            if file.refused:
                account.refused = file.refused
                account.rows_quarantined = file.row_count
                account.reasons[file.refused] += 1
            elif file.rows is not None:
                account.rows_quarantined = _refusals(file.rows, account.reasons)
                rows += good_rows(file)
        # Rows of a load count in the order in which the sources wrote them.
        rows.sort(key=lambda row: row[:3])
        touched: set[str] = set()
        for row in rows:
            if self._state(row, touched):
                accounts[row.path].rows_loaded += 1
            else:
                accounts[row.path].rows_duplicate += 1
        return touched, list(accounts.values())

    def is_test(self, customer_id: str) -> bool:
        """Whether any standing profile of the customer is a test account's."""
        return customer_id in self.test_customers

    def _state(self, row: Row, touched: set[str]) -> bool:
        """Take in one row; true when it is new or a correction."""
        said = row.said
        if isinstance(said, Bet):
            if not _supersede(self.bets, said.bet_id, row):
                return False
            self.bets_of[said.customer_id].add(said.bet_id)
            touched.add(said.bet_id)
        elif isinstance(said, Settlement):
            if not _supersede(self.versions[said.bet_id], said.version, row):
                return False
            touched.add(said.bet_id)
        elif isinstance(said, Profile):
            profiles = self.profiles[said.customer_id]
            if not _supersede(profiles, said.updated_at, row):
                return False
            is_test = any(p.said.is_test_account for p in profiles.values())
            if is_test != self.is_test(said.customer_id):
                self.test_customers ^= {said.customer_id}
                touched |= self.bets_of[said.customer_id]
        else:
            return _supersede(self.others[said.table], said.key, row)
        return True


def _supersede(standing: dict[Any, Standing[Any]], key: object, row: Row) -> bool:
    """Let a row stand for its key if it is the first or a correction."""
    stands = standing.get(key)
    if stands is None or (
        row.recorded_at > stands.recorded_at and row.content != stands.content
    ):
        revision = stands.revision + 1 if stands else 1
        standing[key] = Standing(row.said, row.content, row.recorded_at, revision)
        return True
    if row.content == stands.content:
        stands.recorded_at = max(stands.recorded_at, row.recorded_at)
    return False


def _refusals(rows: pa.Table, reasons: Counter[str]) -> int:
    """Count a file's refused rows, and the rules that they break."""
    refused = rows.column("refusals").drop_null().to_pylist()
    for refusals in refused:
        reasons.update(refusal.split(":")[1] for refusal in refusals.split())
    return len(refused)

"""Replay loads row by row: which statement of each key stands, in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulator.contract import BETS, PROFILES, SETTLEMENTS
from orchestration.simulator.files import FACT
from orchestration.simulator.records import FileRecord


class Bet(NamedTuple):
    """What a row of bets_placed says; cents, microseconds since 1970."""

    bet_id: str
    customer_id: str
    jurisdiction: str
    currency_code: str
    placed_at: int
    stake: int
    bonus: int


class Settlement(NamedTuple):
    """What a row of bet_settlements says; cents, microseconds since 1970."""

    bet_id: str
    version: int
    settled: int
    payout: int
    settled_at: int
    status: str


class Profile(NamedTuple):
    """What a row of customer_profiles says."""

    customer_id: str
    updated_at: int
    is_test_account: bool


MAKERS: dict[str, Any] = {
    BETS.table: Bet,
    SETTLEMENTS.table: Settlement,
    PROFILES.table: Profile,
}


class Fact(NamedTuple):
    """What a row of a feed beside the core ones says."""

    table: str
    key: tuple[Any, ...]
    facts: dict[str, Any]


Said = TypeVar("Said", Bet, Settlement, Profile, Fact)


@dataclass
class Standing(Generic[Said]):
    """The row that stands for a key; revision counts it and those before."""

    said: Said
    content: int
    recorded_at: int
    revision: int = 1


class Row(NamedTuple):
    """A good row of a file."""

    recorded_at: int
    path: str
    row_number: int
    content: int
    said: Any


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


def good_rows(file: FileRecord) -> list[Row]:
    """The rows of a file that ingestion must accept."""
    if file.rows is None or file.refused:
        return []
    numbers = pa.array(range(file.rows.num_rows))
    rows = file.rows.append_column("row_number", numbers)
    rows = rows.filter(pc.is_null(rows.column("refusals")))
    columns = {name: _plain(rows.column(name)) for name in rows.column_names}
    said = [name for name in rows.column_names if name not in _NOT_SAID]
    make = MAKERS.get(file.table) or _maker_of_facts(file.table, said)
    facts = map(make, *(columns[name] for name in said))
    return [
        Row(recorded_at, file.path, number, content, fact)
        for recorded_at, number, content, fact in zip(
            columns["recorded_at"], columns["row_number"], columns["content"], facts,
            strict=True,
        )
    ]  # fmt: skip


def _maker_of_facts(table: str, said: Sequence[str]) -> Callable[..., Fact]:
    keys = sum(not name.startswith(FACT) for name in said)
    names = [name.removeprefix(FACT) for name in said[keys:]]
    return lambda *values: Fact(
        table, values[:keys], dict(zip(names, values[keys:], strict=True))
    )


_NOT_SAID = {"recorded_at", "row_number", "content", "refusals"}


def _plain(column: pa.ChunkedArray) -> Sequence[Any]:
    """Python values: cents for amounts, microseconds for timestamps."""
    if pa.types.is_decimal(column.type):
        column = pc.cast(pc.multiply(column, 100), pa.int64())
    elif pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    values: list[Any] = column.to_pylist()
    return values


def _refusals(rows: pa.Table, reasons: Counter[str]) -> int:
    """Count a file's refused rows, and the rules that they break."""
    refused = rows.column("refusals").drop_null().to_pylist()
    for refusals in refused:
        reasons.update(refusal.split(":")[1] for refusal in refusals.split())
    return len(refused)

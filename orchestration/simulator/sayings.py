"""What the good rows of files say, as plain Python: whole cents and microseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

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


class Fact(NamedTuple):
    """What a row of a feed beside the core ones says."""

    table: str
    key: tuple[Any, ...]
    facts: dict[str, Any]


class Row(NamedTuple):
    """A good row of a file."""

    recorded_at: int
    path: str
    row_number: int
    content: int
    said: Any


MAKERS: dict[str, Any] = {
    BETS.table: Bet,
    SETTLEMENTS.table: Settlement,
    PROFILES.table: Profile,
}
_NOT_SAID = {"recorded_at", "row_number", "content", "refusals"}


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


def _plain(column: pa.ChunkedArray) -> Sequence[Any]:
    """Python values: cents for amounts, microseconds for timestamps."""
    if pa.types.is_decimal(column.type):
        column = pc.cast(pc.multiply(column, 100), pa.int64())
    elif pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    values: list[Any] = column.to_pylist()
    return values

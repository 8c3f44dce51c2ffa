"""Values that no source would send, in every personal column of every kind of file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingest.contract import TableContract
from orchestration.privacy.subjects import personal_columns

Contracts = Mapping[tuple[str, str], TableContract]
BIRTHDAYS = date(1903, 1, 1)
"""Dates of birth from here on are canaries."""


@dataclass
class Canaries:
    """What was planted.

    Attributes:
        direct: Texts that may be in the vault only.
        indirect: Texts that may be in raw too.
        good: Those of them in rows that the contracts accept.
        customers: Whose rows hold them.
    """

    direct: set[str] = field(default_factory=set)
    indirect: set[str] = field(default_factory=set)
    good: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)

    @property
    def all(self) -> set[str]:
        return self.direct | self.indirect


def plant(landing: Path, contracts: Contracts) -> Canaries:
    """Add files to a landing zone that hold canaries.

    Of each table with personal columns: good corrections of rows that are there, rows
    that break a rule, the same file again, and files that are refused: cut off,
    without a column, of a wrong type, for an unknown table, with text that is no UTF-8.
    """
    canaries = Canaries()
    for (source, table), contract in contracts.items():
        if not personal_columns(contract):
            continue
        canaries.tables.add(f"{source}/{table}")
        rows = _some_rows(landing / source / table, contract)
        folder = landing / source / table / "canaries"
        folder.mkdir(parents=True)
        good = [_with_canaries(canaries, contract, r, "good") for r in rows.to_pylist()]
        bad = _with_canaries(canaries, contract, rows.to_pylist()[0], "bad")
        nobody = _with_canaries(canaries, contract, rows.to_pylist()[0], "nobody")
        kept = [*good, bad | {"recorded_at": None}, nobody | {"customer_id": None}]
        _write(folder / "rows.parquet", kept, rows.schema)
        _write(folder / "again.parquet", kept, rows.schema)
        refused = _with_canaries(canaries, contract, rows.to_pylist()[0], "refused")
        whole = pa.Table.from_pylist([refused], rows.schema)
        _write(folder / "narrow.parquet", [refused], rows.schema.remove(0))
        index = whole.column_names.index("recorded_at")
        as_text = whole.column(index).cast(pa.string())
        pq.write_table(
            whole.set_column(index, "recorded_at", as_text), folder / "typed.parquet"
        )
        unknown = landing / source / f"{table}_unknown" / "canaries"
        unknown.mkdir(parents=True)
        pq.write_table(whole, unknown / "rows.parquet")
        cut = (folder / "rows.parquet").read_bytes()[:-9]
        (folder / "cut.parquet").write_bytes(cut)
        pq.write_table(_undecodable(whole), folder / "undecodable.parquet")
    return canaries


def _some_rows(folder: Path, contract: TableContract) -> pa.Table:
    """One or two rows of different customers, as the simulator wrote them."""
    for file in sorted(folder.rglob("*.parquet")):
        try:
            rows = pq.read_table(file)
            first = rows.to_pylist()
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            continue
        usable = [
            (number, row["customer_id"])
            for number, row in enumerate(first)
            if row.get("customer_id")
            and row.get("recorded_at")
            and set(rows.column_names) >= {c.name for c in contract.columns}
            and all(row[c.name] is not None for c in contract.columns if not c.nullable)
        ]
        chosen = {customer: number for number, customer in reversed(usable)}
        if chosen:
            return rows.take(sorted(chosen.values())[:2])
    raise AssertionError(f"no usable rows in {folder}")


def _with_canaries(
    canaries: Canaries, contract: TableContract, row: dict[str, Any], kind: str
) -> dict[str, Any]:
    """A later statement of a row, its personal columns with values of their own."""
    changed = dict(row)
    for column in personal_columns(contract):
        number = len(canaries.all)
        if column.family == "varchar":
            value: Any = f"canary-{number:04}-{column.name}"[: column.length]
            text = value
        elif column.family == "date":
            value = BIRTHDAYS + timedelta(days=number)
            text = value.isoformat()
        else:
            continue
        changed[column.name] = value
        (canaries.direct if column.pii == "direct" else canaries.indirect).add(text)
        canaries.columns.add((contract.relation, column.name))
        if kind == "good":
            canaries.good.add(text)
    if changed.get("recorded_at"):
        changed["recorded_at"] += timedelta(hours=1)
    canaries.customers.add(row["customer_id"])
    return changed


def _undecodable(table: pa.Table) -> pa.Table:
    """The same with a text, of no personal column, that is not UTF-8."""
    index = table.column_names.index("customer_id")
    broken = pa.array([b"C\xff\xfe"] * table.num_rows, pa.binary())
    text = pa.Array.from_buffers(pa.string(), len(broken), broken.buffers())
    return table.set_column(index, "customer_id", text)


def _write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
    nullable = pa.schema([f.with_nullable(True) for f in schema])
    pq.write_table(pa.Table.from_pylist(rows, nullable), path)


def personal_texts(
    landing: Path, contracts: Contracts
) -> Iterator[tuple[str, str, bool]]:
    """Customer, text, and whether it is an identifier, of all rows that can be read."""
    for (source, table), contract in contracts.items():
        columns = [c.name for c in personal_columns(contract) if c.family == "varchar"]
        for file in sorted((landing / source / table).rglob("*.parquet")):
            try:
                rows = pq.read_table(file).to_pylist()
            except (pa.ArrowException, OSError, UnicodeDecodeError):
                continue
            for row in rows:
                customer = row.get("customer_id")
                if isinstance(customer, str):
                    yield customer, customer, True
                    for name in columns:
                        if row.get(name):
                            yield customer, row[name], False

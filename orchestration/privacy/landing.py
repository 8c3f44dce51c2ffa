"""Landed files without the persons who are forgotten: as the warehouse has the rows.

A row keeps its place in its file and what it says of money. A warehouse that is built
anew from these files is the one that was erased from.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.durable import move_durably
from orchestration.ingest.contract import Column, TableContract
from orchestration.ingest.files import sha256, visible_files
from orchestration.privacy.subjects import Contracts, long_enough, personal_columns

DRAFT = ".erasing-"
"""Begins the name of a rewritten file that has not taken the old one's place yet."""

UNREADABLE = (pa.ArrowException, OSError, ValueError)

Stamps = dict[str, tuple[str, int, int]]
"""Path below landing -> checksum, bytes and modification time in ns of its new file."""


def personal_texts(
    landing: Path, contracts: Contracts, customers: Sequence[str]
) -> set[tuple[str, str]]:
    """Customer and text of all their rows, those included that were refused.

    Args:
        landing: The landing directory.
        contracts: Contract by (source, table).
        customers: Identifiers.
    """
    ids = pa.array([one.encode() for one in customers], pa.binary())
    found: set[tuple[bytes, bytes]] = set()
    for location in _parquet(landing):
        source, table, *_ = location.relative_to(landing).parts
        contract = contracts.get((source, table))
        if contract is None:
            continue
        names = [c.name for c in personal_columns(contract) if c.family == "varchar"]
        try:
            there = set(pq.read_schema(location).names)
            if "customer_id" not in there or not names:
                continue
            wanted = ["customer_id", *(name for name in names if name in there)]
            rows = pq.read_table(location, columns=wanted)
        except UNREADABLE:
            continue
        plain = {name: as_bytes(rows.column(name)) for name in wanted}
        owner = plain.pop("customer_id")
        if owner is None:
            continue
        theirs = pc.is_in(owner, value_set=ids)
        whose = pc.filter(owner, theirs).to_pylist()
        for values in plain.values():
            if values is not None:
                texts = pc.filter(values, theirs).to_pylist()
                found.update(zip(whose, texts, strict=True))
    return {
        (customer.decode(), text.decode(errors="replace"))
        for customer, text in found
        if text
    }


def prepare(
    landing: Path,
    contracts: Contracts,
    customers: Mapping[str, str],
    texts: Sequence[str],
    refused: Mapping[str, Collection[int]],
) -> tuple[Stamps, list[str]]:
    """Write the files anew that hold a row of these persons, beside the old ones.

    Args:
        landing: The landing directory.
        contracts: Contract by (source, table).
        customers: Identifier -> what takes its place.
        texts: What else tells one of them.
        refused: Path below landing -> numbers of rows that no load took in.

    Returns:
        The new files' stamps, and files that cannot be read and so not be rewritten:
        no load took anything from them.
    """
    for draft in landing.rglob(f"{DRAFT}*"):
        draft.unlink()
    stamps: Stamps = {}
    unreadable = []
    for location in _parquet(landing):
        source, table_name = location.relative_to(landing).parts[:2]
        path = location.relative_to(landing).as_posix()
        try:
            table = pq.read_table(location)
            forgotten = without(
                table,
                contracts.get((source, table_name)),
                customers,
                texts,
                refused.get(path, ()),
            )
        except UNREADABLE:
            unreadable.append(path)
            continue
        if forgotten is not None:
            draft = location.with_name(DRAFT + location.name)
            pq.write_table(forgotten, draft)
            status = draft.stat()
            stamps[path] = (sha256(draft), status.st_size, status.st_mtime_ns)
    return stamps, unreadable


def put_in_place(landing: Path, stamps: Stamps, unreadable: Sequence[str]) -> None:
    """Let the new files take the old ones' place, and remove what nobody can read."""
    for path in stamps:
        location = landing / path
        draft = location.with_name(DRAFT + location.name)
        if draft.exists():
            move_durably(draft, location)
    for path in unreadable:
        (landing / path).unlink(missing_ok=True)


def without(
    table: pa.Table,
    contract: TableContract | None,
    customers: Mapping[str, str],
    texts: Sequence[str],
    refused: Collection[int] = (),
) -> pa.Table | None:
    """A table without these persons; None when none of them is in it.

    Args:
        table: Rows of a landed file.
        contract: What they should be; None when no contract is known.
        customers: Identifier -> pseudonym.
        texts: What else tells one of them.
        refused: Rows that were refused, perhaps for a value that goes: theirs get no
            customer, so that they are refused again.
    """
    plain = {name: as_bytes(table.column(name)) for name in table.column_names}
    ids = pa.array([one.encode() for one in customers], pa.binary())
    pseudonyms = pa.array([one.encode() for one in customers.values()], pa.binary())
    telling = pa.array([text.encode() for text in long_enough(texts)], pa.binary())
    named = {
        name: pc.index_in(values, value_set=ids)
        for name, values in plain.items()
        if values is not None and name.endswith("customer_id")
    }
    theirs = pa.chunked_array([pa.repeat(pa.scalar(False), table.num_rows)])
    for name, values in plain.items():
        if name == "customer_id" and name in named:
            theirs = pc.or_(theirs, pc.is_valid(named[name]))
        elif values is not None:
            theirs = pc.or_(theirs, pc.is_in(values, value_set=telling))
    is_named = [pc.is_valid(found) for found in named.values()]
    if not any(pc.any(one).as_py() for one in (theirs, *is_named)):
        return None
    is_refused = pc.is_in(
        pa.array(range(table.num_rows)), value_set=pa.array(refused, pa.int64())
    )
    for name, found in named.items():
        values, is_theirs = plain[name], pc.is_valid(found)
        replaced = pc.if_else(is_theirs, pc.take(pseudonyms, found), values)
        nobody = pc.and_(is_theirs, is_refused)
        replaced = pc.if_else(nobody, pa.scalar(b"", pa.binary()), replaced)
        table = _set(table, name, replaced)
    known = {c.name: c for c in contract.columns} if contract else {}
    owner = as_bytes(table.column("customer_id")) if "customer_id" in named else None
    for name in table.column_names:
        column = known.get(name)
        if name in named or (column is not None and column.pii == "none"):
            continue
        kept, kind = table.column(name), table.schema.field(name).type
        nothing = pa.nulls(table.num_rows, kind)
        if column is not None and not column.nullable:
            nothing = _neutral(column, kind, owner, table.num_rows)
        if pa.types.is_dictionary(kind):
            kept, nothing = kept.cast(kind.value_type), nothing.cast(kind.value_type)
        table = _set(table, name, pc.if_else(theirs, nothing, kept))
    return table


def _neutral(
    column: Column, kind: pa.DataType, owner: pa.ChunkedArray | None, rows: int
) -> pa.Array:
    """What `forgetting.neutral` says in SQL, for a column of a file."""
    if column.family == "varchar" and owner is not None:
        return pc.binary_slice(owner, 0, column.length).cast(_text(kind))
    if column.family in {"date", "timestamp"}:
        moment = pa.scalar(datetime(2000, 1, 1), pa.timestamp("us"))
        return pa.repeat(moment, rows).cast(kind)
    zero = Decimal(0) if pa.types.is_decimal(kind) else 0
    return pa.repeat(pa.scalar(zero, kind), rows)


def as_bytes(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A text column as bytes, whatever its encoding; None for other types."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if is_text or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return column.cast(pa.binary())
    return None


def _text(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _set(table: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    index = table.column_names.index(name)
    kind = _text(table.schema.field(name).type)
    # Other rows' texts that are not UTF-8 stay what they are.
    as_it_was = pc.CastOptions(target_type=kind, allow_invalid_utf8=True)
    values = pc.cast(values, options=as_it_was)
    return table.set_column(index, pa.field(name, kind), values)


def _parquet(landing: Path) -> Iterator[Path]:
    return (one for one in visible_files(landing) if one.suffix == ".parquet")

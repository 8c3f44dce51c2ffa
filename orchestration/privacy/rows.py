"""Rows of a landed file without the persons who are forgotten."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.contract import Column, TableContract
from orchestration.privacy.subjects import long_enough


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

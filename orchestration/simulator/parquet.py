"""Tables as the bytes of parquet files."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

# Columns whose values hardly repeat: a dictionary costs time and saves no space.
DISTINCT = {
    "bet_id", "settlement_id", "customer_id", "device_id", "placed_at", "settled_at",
    "updated_at", "registered_at", "recorded_at", "email", "phone",
    "potential_payout_amount",
}  # fmt: skip


def to_parquet(table: pa.Table) -> bytes:
    """A parquet file of plain parquet types, without the Arrow schema."""
    sink = io.BytesIO()
    repetitive = [path for field in table.schema for path in _leaves(field)]
    pq.write_table(
        table,
        sink,
        store_schema=False,
        store_decimal_as_integer=True,
        use_dictionary=repetitive or False,
    )
    return sink.getvalue()


def _leaves(field: pa.Field, above: str = "") -> Iterator[str]:
    """Parquet paths of a column's leaves whose values repeat."""
    path = above + field.name
    if pa.types.is_list(field.type):
        for inner in field.type.value_type:
            yield from _leaves(inner, f"{path}.list.element.")
    elif field.name not in DISTINCT:
        yield path

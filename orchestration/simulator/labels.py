"""Labels: what was planted for rules to find, by the account, bet or payment it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.simulator.arrays import Ints, moments, numbered
from orchestration.simulator.feed import AMOUNT
from orchestration.simulator.population import customer_ids
from orchestration.simulator.records import BOOKS

SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("label_id", pa.string()),
        ("is_fraud", pa.bool_()),
        ("customer_id", pa.string()),
        ("item_type", pa.string()),
        ("item_id", pa.string()),
        ("market_id", pa.string()),
        ("currency_code", pa.string()),
        ("amount", AMOUNT),
        ("happened_at", pa.timestamp("us")),
    ]
)


def labels_of(
    kind: str,
    group: Ints,
    customer: Ints,
    happened_at: Ints,
    *,
    is_fraud: bool = True,
    **others: pa.Array | str,
) -> pa.Table:
    """Labels of one kind, one row per thing.

    Args:
        kind: What was planted, e.g. a plot.
        group: Number of the label that each thing belongs to, shape (things,).
        customer: Number of the customer, shape (things,).
        happened_at: Milliseconds since 1970, shape (things,).
        is_fraud: Whether a rule should find it.
        others: More columns of SCHEMA, or one text for all: item_type (`account`,
            `bet`, `payment`, ...), item_id as the feeds have it, market_id, amount.
    """
    count = len(group)
    columns = {
        "kind": kind,
        "label_id": pc.binary_join_element_wise(kind, numbered("", group, 4), "-"),
        "is_fraud": pa.array([is_fraud] * count, pa.bool_()),
        "customer_id": customer_ids(customer),
        "item_type": "account",
        "happened_at": moments(happened_at),
        **others,
    }
    arrays = []
    for field in SCHEMA:
        column = columns.get(field.name, pa.nulls(count, field.type))
        if isinstance(column, str):
            column = pa.array([column] * count, field.type)
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def gathered(parts: Sequence[pa.Table]) -> pa.Table:
    """All labels of a simulation, by kind, label and time."""
    whole = pa.concat_tables([SCHEMA.empty_table(), *parts])
    order = ("kind", "label_id", "happened_at", "customer_id", "item_id")
    return whole.sort_by([(name, "ascending") for name in order])


def write_labels(into: Path, labels: pa.Table) -> None:
    """Write labels.parquet beside the other books."""
    target = into / BOOKS / "labels.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(labels, target)

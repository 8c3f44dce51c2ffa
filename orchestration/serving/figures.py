"""What a published relation amounts to: row count, sums of money, a digest of its rows.

All three add up, so that those of a relation that has grown are its former ones and
those of its new rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb


@dataclass(frozen=True)
class Figures:
    """Figures of some rows.

    Attributes:
        rows: How many.
        fingerprint: Sum of the rows' 64-bit hashes; the same for the same rows in any
            order.
        amounts: Sum of each column of money, over all currencies: good for telling that
            something changed, for nothing else.
    """

    rows: int
    fingerprint: int
    amounts: Mapping[str, Decimal]

    def __add__(self, other: Figures) -> Figures:
        return self._combined(other, 1)

    def __sub__(self, other: Figures) -> Figures:
        return self._combined(other, -1)

    def _combined(self, other: Figures, sign: int) -> Figures:
        return Figures(
            self.rows + sign * other.rows,
            self.fingerprint + sign * other.fingerprint,
            {
                name: amount + sign * other.amounts[name]
                for name, amount in self.amounts.items()
            },
        )

    def amounts_as_json(self) -> str:
        """The sums as a JSON object of texts, which keeps every digit."""
        return json.dumps({name: str(value) for name, value in self.amounts.items()})


def figures_of(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    columns: Sequence[str],
    bound: Sequence[object] = (),
) -> Figures:
    """Figures of the rows of a query.

    Args:
        connection: Where it can be asked.
        rows: SELECT of the columns.
        columns: Their names; those that end in `_amount` are summed.
        bound: Parameters of the query.
    """
    money = [name for name in columns if name.endswith("_amount")]
    sums = "".join(f', coalesce(sum("{name}"), 0)' for name in money)
    row = connection.execute(
        f"select count(*), coalesce(sum(hash(counted)), 0){sums} "
        f"from ({rows}) as counted",
        list(bound),
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return Figures(
        int(row[0]),
        int(row[1]),
        {name: Decimal(str(v)) for name, v in zip(money, row[2:], strict=True)},
    )

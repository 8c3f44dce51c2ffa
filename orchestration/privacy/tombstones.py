"""Whom nothing is taken in about: salted hashes of the customers who were erased."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import pyarrow as pa

from orchestration.ingest.casts import cast_of
from orchestration.ingest.contract import Column, TableContract
from orchestration.ingest.engine import Connection
from orchestration.ingest.rules import Rule

REASON = "erased_subject"


@dataclass(frozen=True)
class Tombstones:
    """Hashes of erased customers, and the salt that they were made with."""

    salt: str
    hashes: frozenset[str]

    @classmethod
    def of(cls, connection: Connection) -> "Tombstones":
        """Those of a warehouse; a new salt when there are none."""
        rows = connection.execute(
            "select subject_hash, salt from vault.tombstones"
        ).fetchall()
        salt = rows[0][1] if rows else secrets.token_hex(16)
        return cls(salt, frozenset(row[0] for row in rows))

    def hash_of(self, customer_id: str) -> str:
        """The hash that stands for a customer."""
        return sha256((self.salt + customer_id).encode()).hexdigest()

    def rules(self, contract: TableContract, schema: pa.Schema) -> Iterator[Rule]:
        """Rules that refuse rows about them; none as long as nobody was erased."""
        if not self.hashes:
            return
        known = ", ".join(f"'{one}'" for one in sorted(self.hashes))
        for column in subject_columns(contract):
            value = cast_of(column, schema.field(column.name).type)
            yield Rule(
                column.name,
                REASON,
                f"sha256('{self.salt}' || {value}) in ({known})",
                "'erased customer'",
                f"{column.name} must not be a customer who was erased",
            )


def subject_columns(contract: TableContract) -> list[Column]:
    """Columns of a table that name a customer."""
    return [c for c in contract.scalars if c.name.endswith("customer_id")]

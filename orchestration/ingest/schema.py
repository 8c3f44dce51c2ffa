"""Relations that ingestion owns: raw tables, the vault and its own bookkeeping."""

from collections.abc import Iterable

import duckdb

from orchestration.filings.schema import RELATIONS as FILINGS
from orchestration.ingest.contract import Column, TableContract

BOOKKEEPING = (
    "create schema if not exists raw",
    "create schema if not exists vault",
    """
    create table if not exists raw.loads (
        load_id bigint not null,
        known_at timestamp not null,
        started_at timestamp not null,
        file_count bigint not null,
        rows_in bigint not null,
        rows_loaded bigint not null,
        rows_duplicate bigint not null,
        rows_quarantined bigint not null
    )
    """,
    """
    create table if not exists raw.files (
        file_id bigint not null,
        load_id bigint not null,
        source varchar(64) not null,
        relation varchar(64) not null,
        path varchar(1024) not null,
        checksum varchar(64) not null,
        reason varchar(64),
        message varchar(512),
        size_bytes bigint not null,
        modified_ns bigint not null,
        rows_in bigint not null,
        rows_loaded bigint not null,
        rows_duplicate bigint not null,
        rows_quarantined bigint not null,
        known_at timestamp not null
    )
    """,
    """
    create table if not exists raw.quarantine (
        file_id bigint not null,
        source varchar(64) not null,
        relation varchar(64) not null,
        column_name varchar(64),
        value_class varchar(64),
        reason varchar(64) not null,
        message varchar(512) not null,
        file_row bigint,
        known_at timestamp not null
    )
    """,
    # What the snapshots read: rows that became known after the one and until the other.
    """
    create table if not exists raw.snapshot_window (
        known_after timestamp not null,
        known_until timestamp not null
    )
    """,
)

_STAMPS = (
    "file_id bigint not null",
    "file_row bigint not null",
    "revision integer not null",
    "confirmed_at timestamp not null",
    "first_known_at timestamp not null",
    "known_at timestamp not null",
    "replaced_at timestamp",
)


def ensure_relations(
    connection: duckdb.DuckDBPyConnection, contracts: Iterable[TableContract]
) -> None:
    """Create what isn't there yet."""
    for statement in (*BOOKKEEPING, *FILINGS, *raw_ddl(contracts)):
        connection.execute(statement)


def raw_ddl(contracts: Iterable[TableContract]) -> list[str]:
    """CREATE statements for the raw, vault and child relations of these contracts."""
    return [statement for contract in contracts for statement in _table_ddl(contract)]


def _table_ddl(contract: TableContract) -> list[str]:
    surrogates = [f"{name} bigint not null" for name in contract.surrogates]
    raw = [_definition(c) for c in contract.raw_columns]
    statements = [_create(f"raw.{contract.relation}", [*surrogates, *raw, *_STAMPS])]
    if contract.vault_columns:
        key = [_definition(c) for c in contract.scalars if c.name in contract.key]
        vault = [_definition(c) for c in contract.vault_columns]
        statements.append(
            _create(f"vault.{contract.relation}", [*key, *vault, *_STAMPS])
        )
    for child in contract.children.values():
        key = [_definition(c) for c in contract.scalars if c.name in child.key]
        fields = [_definition(c) for c in child.columns]
        statements.append(
            _create(
                f"raw.{child.relation}", [*surrogates, *key, *fields, *_CHILD_STAMPS]
            )
        )
    return statements


_CHILD_STAMPS = ("revision integer not null", "known_at timestamp not null")


def _definition(column: Column) -> str:
    return f'"{column.name}" {column.data_type}' + (
        "" if column.nullable else " not null"
    )


def _create(relation: str, columns: list[str]) -> str:
    return f"create table if not exists {relation} ({', '.join(columns)})"

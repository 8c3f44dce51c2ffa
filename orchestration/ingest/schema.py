"""Relations that ingestion owns: raw tables, the vault and its own bookkeeping."""

from collections.abc import Iterable, Iterator

import duckdb

from orchestration.audit.schema import RELATIONS as AUDIT
from orchestration.backfill.schema import RELATIONS as BACKFILLS
from orchestration.filings.schema import RELATIONS as FILINGS
from orchestration.ingest.contract import Column, TableContract
from orchestration.ingest.engine import Connection
from orchestration.privacy.schema import RELATIONS as PRIVACY
from orchestration.redshift import layout
from orchestration.statements.schema import STATEMENTS
from orchestration.transform.failures import RELATIONS as FAILURES

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
    # Last load that a whole build has taken in; one row, or none.
    """
    create table if not exists raw.built_until (known_at timestamp not null)
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
    connection: Connection, contracts: Iterable[TableContract]
) -> None:
    """Create what isn't there yet, and columns that a contract has since gained."""
    is_embedded = isinstance(connection, duckdb.DuckDBPyConnection)
    own = () if is_embedded else layout.BOOKKEEPING
    for statement in (
        *BOOKKEEPING,
        *AUDIT,
        *FILINGS,
        *STATEMENTS,
        *PRIVACY,
        *BACKFILLS,
        *FAILURES,
        *own,
    ):
        connection.execute(statement)
    there = _columns_there(connection)
    for contract in contracts:
        design = "" if is_embedded else layout.of_raw(contract)
        for relation, columns in _tables(contract):
            if relation not in there:
                connection.execute(_create(relation, columns) + design)
                continue
            for column in columns:
                if column.split()[0].strip('"') not in there[relation]:
                    # Rows that are there have no value for it.
                    kind = column.removesuffix(" not null")
                    connection.execute(f"alter table {relation} add column {kind}")


def _columns_there(connection: Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for schema, name, column in connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns "
        "where table_schema in ('raw', 'vault')"
    ).fetchall():
        found.setdefault(f"{schema}.{name}", set()).add(column)
    return found


def _tables(contract: TableContract) -> Iterator[tuple[str, list[str]]]:
    """Raw, vault and child relations of a contract with their columns."""
    surrogates = [f"{name} bigint not null" for name in contract.surrogates]
    raw = [definition(c) for c in contract.raw_columns]
    yield f"raw.{contract.relation}", [*surrogates, *raw, *_STAMPS]
    if contract.vault_columns:
        key = [definition(c) for c in contract.scalars if c.name in contract.key]
        vault = [definition(c) for c in contract.vault_columns]
        yield f"vault.{contract.relation}", [*key, *vault, *_STAMPS]
    for child in contract.children.values():
        key = [definition(c) for c in contract.scalars if c.name in child.key]
        fields = [definition(c) for c in child.columns]
        yield f"raw.{child.relation}", [*surrogates, *key, *fields, *_CHILD_STAMPS]


_CHILD_STAMPS = ("revision integer not null", "known_at timestamp not null")


def definition(column: Column) -> str:
    """A column in a CREATE TABLE."""
    return f'"{column.name}" {column.data_type}' + (
        "" if column.nullable else " not null"
    )


def _create(relation: str, columns: list[str]) -> str:
    return f"create table if not exists {relation} ({', '.join(columns)})"

"""The good rows of a batch, appended to raw, the vault and the child relations."""

from collections.abc import Sequence
from datetime import datetime

from orchestration.ingest import revisions
from orchestration.ingest.batch import Batch
from orchestration.ingest.contract import TableContract
from orchestration.ingest.engine import Engine
from orchestration.ingest.ledger import FileOutcome, rows_by_file


def append(engine: Engine, batch: Batch, known_at: datetime) -> Sequence[FileOutcome]:
    """Append a batch's good rows, quarantine its bad ones, count both per file."""
    contract, connection = batch.contract, engine.connection
    quarantined = engine.stage(batch, known_at)
    for statement in revisions.contest(contract):
        connection.execute(statement)
    one = connection.execute("select 1 from contested limit 1").fetchone()
    is_contested = one is not None
    accepted = revisions.accepted(contract, is_contested=is_contested)
    statements = _inserts(contract, engine, accepted)
    if is_contested:
        for statement in revisions.compare(contract, engine):
            connection.execute(statement)
        statements += revisions.stamp(contract)
    for statement in statements:
        bound = {"known_at": known_at} if "$known_at" in statement else {}
        connection.execute(statement, bound)
    loaded = rows_by_file(
        connection, f"raw.{contract.relation} where file_id >= {batch.first_id}"
    )
    for outcome in batch.files:
        outcome.rows_quarantined = quarantined.get(outcome.file_id, 0)
        outcome.rows_loaded = loaded.get(outcome.file_id, 0)
    return batch.files


def _inserts(contract: TableContract, engine: Engine, accepted: str) -> list[str]:
    """INSERTs of the accepted rows into raw, the vault and the child relations."""
    surrogates = [*contract.surrogates]
    stamps = ["file_id", "file_row", "revision", "confirmed_at", "first_known_at"]
    statements = [
        _insert(
            f"raw.{contract.relation}",
            [*surrogates, *(c.name for c in contract.raw_columns), *stamps],
            accepted,
        )
    ]
    if contract.vault_columns:
        vault = [c.name for c in contract.vault_columns]
        statements.append(
            _insert(
                f"vault.{contract.relation}",
                [*contract.key, *vault, *stamps],
                accepted,
            )
        )
    for name, child in contract.children.items():
        columns = [*surrogates, *child.key, *(c.name for c in child.columns)]
        listed = ", ".join(f'"{column}"' for column in (*columns, "revision"))
        statements.append(
            f"insert into raw.{child.relation} ({listed}, known_at) "
            f"{engine.child_rows(contract, name, accepted)}"
        )
    return statements


def _insert(relation: str, columns: list[str], rows: str) -> str:
    listed = ", ".join(f'"{column}"' for column in columns)
    return (
        f"insert into {relation} ({listed}, known_at) "
        f"select {listed}, $known_at from ({rows}) as accepted"
    )

"""Files that were sent again after a customer was erased: nothing of them stays."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.durable import move_durably
from orchestration.ingest.engine import Connection
from orchestration.ingest.files import sha256
from orchestration.privacy import landing
from orchestration.privacy.rows import as_bytes, without
from orchestration.privacy.subjects import Contracts
from orchestration.privacy.tombstones import REASON, Tombstones
from orchestration.settings import Settings
from orchestration.sql import rows_of

# Of the last load, so that one that died before this is made up for by the next.
_FILES = """
    select distinct path, source, relation from raw.files
    where load_id = (select max(load_id) from raw.loads) and (
        reason is not null
        or file_id in (select file_id from raw.quarantine where reason = $reason)
    )
    order by path
"""


def forget_resent(
    settings: Settings, connection: Connection, contracts: Contracts
) -> int:
    """Blank what landed files say of customers who were erased.

    The load has refused their rows, or their files. A process that dies between a file
    and its line in the ledger has it loaded again: all of it duplicates or refused.

    Args:
        settings: Which warehouse.
        connection: It, open for writing.
        contracts: Contract by (source, table).

    Returns:
        How many files were written anew.
    """
    stones = Tombstones.of(connection)
    count = 0
    for row in rows_of(connection, _FILES, {"reason": REASON}) if stones.hashes else ():
        location = settings.landing / row["path"]
        if not location.exists():
            continue
        try:
            table = pq.read_table(location)
        except landing.UNREADABLE:
            continue
        erased = {one: "" for one in _customers(table) if _is_erased(stones, one)}
        forgotten = without(
            table, contracts.get((row["source"], row["relation"])), erased, []
        )
        if forgotten is None:
            continue
        stamp = _replace(location, forgotten)
        connection.execute(
            "update raw.files set checksum = ?, size_bytes = ?, modified_ns = ? "
            "where path = ?",
            [*stamp, row["path"]],
        )
        count += 1
    return count


def _is_erased(stones: Tombstones, customer_id: str) -> bool:
    return stones.hash_of(customer_id) in stones.hashes


def _customers(table: pa.Table) -> Iterator[str]:
    for name in table.column_names:
        if name.endswith("customer_id"):
            values = as_bytes(table.column(name))
            for value in pc.unique(values).to_pylist() if values is not None else ():
                if value is not None:
                    yield value.decode(errors="replace")


def _replace(location: Path, table: pa.Table) -> tuple[str, int, int]:
    draft = location.with_name(landing.DRAFT + location.name)
    pq.write_table(table, draft)
    status = draft.stat()
    stamp = (sha256(draft), status.st_size, status.st_mtime_ns)
    move_durably(draft, location)
    return stamp

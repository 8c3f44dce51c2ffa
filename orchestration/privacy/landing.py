"""Landed files without the persons who are forgotten: as the warehouse has the rows.

A row keeps its place in its file and what it says of money. A warehouse that is built
anew from these files is the one that was erased from.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.durable import move_durably
from orchestration.ingest.files import sha256, visible_files
from orchestration.privacy.rows import as_bytes, without
from orchestration.privacy.subjects import Contracts, personal_columns

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


def _parquet(landing: Path) -> Iterator[Path]:
    return (one for one in visible_files(landing) if one.suffix == ".parquet")

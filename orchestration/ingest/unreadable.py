"""Files with a good footer that cannot be read: by a copy, or not at all.

It shows only when rows are read, and DuckDB does not say which file it was. So a load
that fails looks for them, and is begun anew.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingest.files import LandedFile

Copies = dict[str, Path | None]
"""Path -> where to read a file instead; None for one that is refused."""


@contextmanager
def copies_in(spill: Path) -> Iterator[Copies]:
    """Copies of a load, none at first; none outlives it, nor one that was killed."""
    try:
        yield {}
    finally:
        for copy in spill.glob("*.parquet"):
            copy.unlink()


def copy_unreadable(
    reader: duckdb.DuckDBPyConnection,
    files: Sequence[LandedFile],
    copies: Copies,
    spill: Path,
) -> bool:
    """Add a copy of each file whose pages cannot be read; each file is read whole.

    Args:
        reader: Which could not read all of them.
        files: Files of the load.
        copies: What to read instead of some of them; a copy that is no better than
            its file becomes None.
        spill: Directory for the copies.

    Returns:
        Whether there was any.
    """
    broken = [
        file
        for file in files
        if (location := copies.get(file.path, file.location)) is not None
        and not _can_be_read(reader, location)
    ]
    for file in broken:
        copy = spill / f"{file.checksum}.parquet"
        is_new = file.path not in copies and _with_text_as_bytes(file.location, copy)
        copies[file.path] = copy if is_new else None
    return bool(broken)


def _can_be_read(reader: duckdb.DuckDBPyConnection, location: Path) -> bool:
    query = "select bit_xor(hash(landed)) from read_parquet(?) as landed"
    try:
        reader.execute(query, [str(location)])
    except duckdb.Error:
        return False
    return True


def _with_text_as_bytes(location: Path, copy: Path) -> bool:
    """Copy a file so that bad UTF-8 stays readable; whether that could be done."""
    try:
        table = pq.read_table(location)
        for index, field in enumerate(table.schema):
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
                as_bytes = table.column(index).cast(pa.binary())
                table = table.set_column(index, field.name, as_bytes)
        copy.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, copy)
    except (pa.ArrowException, OSError, ValueError):
        return False
    return True

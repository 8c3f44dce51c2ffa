"""Which files in the landing zone are new, and what their footers say."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

STATEMENTS = "statements"
"""Folder of the figures that others report; each of its folders is a feed."""


@dataclass(frozen=True)
class LandedFile:
    """A file as it was found.

    Attributes:
        path: Path below the landing directory, with forward slashes.
        location: Where it can be read.
        size_bytes: Size.
        modified_ns: Modification time, nanoseconds since the epoch.
        checksum: SHA-256 of its bytes, hexadecimal.
    """

    path: str
    location: Path
    size_bytes: int
    modified_ns: int
    checksum: str

    @property
    def source(self) -> str:
        """Source system: the first folder."""
        return self.path.split("/")[0]

    @property
    def table(self) -> str:
        """Table of that system: the second folder."""
        return self.path.split("/")[1]


@dataclass(frozen=True)
class Footer:
    """What a parquet footer says: Arrow schema and number of rows."""

    schema: pa.Schema
    rows: int


def new_files(
    landing: Path, seen: Mapping[str, set[tuple[int, int, str]]]
) -> list[LandedFile]:
    """Files whose bytes have not been loaded from that path, sorted by path.

    A file whose size and modification time are known is not read again; any other is
    told by its checksum.

    Args:
        landing: The landing directory; need not exist.
        seen: Path -> (size in bytes, modification time in ns, checksum) of each load.
    """
    found = []
    for location in visible_files(landing):
        path = location.relative_to(landing).as_posix()
        status = location.stat()
        known = seen.get(path, set())
        stamp = (status.st_size, status.st_mtime_ns)
        if any((size, modified) == stamp for size, modified, _ in known):
            continue
        checksum = sha256(location)
        if any(checksum == other for _, _, other in known):
            continue
        found.append(LandedFile(path, location, *stamp, checksum))
    return found


def read_footer(location: Path) -> Footer | None:
    """The footer, or None when the file is not readable parquet."""
    try:
        with pq.ParquetFile(location) as file:
            return Footer(file.schema_arrow, file.metadata.num_rows)
    except (pa.ArrowException, OSError, ValueError):
        return None


def sha256(location: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with location.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def visible_files(landing: Path) -> Iterator[Path]:
    """Files two folders deep or more; hidden names are still being written.

    All are parquet but statements, which others send as they please.
    """
    statements = (landing / STATEMENTS).rglob("*.csv")
    for location in sorted([*landing.rglob("*.parquet"), *statements]):
        parts = location.relative_to(landing).parts
        if len(parts) > 2 and not _is_hidden(parts):
            yield location


def misplaced_files(landing: Path) -> int:
    """Number of files that no load looks at, for where they lie or what they are."""
    there = (file.relative_to(landing) for file in landing.rglob("*") if file.is_file())
    seen = sum(not _is_hidden(path.parts) for path in there)
    return seen - sum(1 for _ in visible_files(landing))


def _is_hidden(parts: Sequence[str]) -> bool:
    return any(part.startswith((".", "_")) for part in parts)

"""Look for texts in every file below a directory, whatever its kind.

A database and a parquet file compress what they hold, so they are read as tables, and
the database's pages besides, for what deleted rows leave behind. All else is bytes.
"""

import gzip
import zipfile
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.privacy.needles import Needles

# Columns of these types hold no text; everything else is looked at as text.
_NO_TEXT = (
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT",
    "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL", "TIMESTAMP",
    "TIME", "INTERVAL",
)  # fmt: skip
_SEPARATOR = "chr(31)"

_UNREADABLE = (
    duckdb.Error, pa.ArrowException, zipfile.BadZipFile, gzip.BadGzipFile, OSError,
    EOFError,
)  # fmt: skip

PAGES = "(free pages)"
"""Part of a database file: bytes that belong to no row."""


@dataclass(frozen=True)
class Found:
    """Texts in a part of a file.

    Attributes:
        path: The file, below the directory that was scanned.
        part: Relation or member of it, `(pages)`, or nothing for all of it.
        texts: Which of the texts are there.
    """

    path: str
    part: str
    texts: Set[str]


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    Attributes:
        found: Files with texts in them.
        files: Number of files that were read.
        unreadable: Files that say they are parquet, or a database, and are not; their
            bytes were looked at.
    """

    found: tuple[Found, ...]
    files: int
    unreadable: tuple[str, ...]

    @property
    def texts(self) -> set[str]:
        """All texts that were found somewhere."""
        return {text for one in self.found for text in one.texts}


def scan(root: Path, texts: Iterable[str], skip: Iterable[Path] = ()) -> Scan:
    """Look for texts in all files of a directory.

    Args:
        root: The directory; symbolic links are not followed, their targets are files.
        texts: What to look for, each of at least eight bytes.
        skip: Files and directories below it that are not looked at.
    """
    needles = Needles(texts)
    skipped = set(skip)
    found, unreadable, count = [], [], 0
    with duckdb.connect() as reader:
        for path in sorted(root.rglob("*")):
            if path.is_symlink() or not path.is_file() or _is_below(path, skipped):
                continue
            count += 1
            name = path.relative_to(root).as_posix()
            try:
                parts = list(_parts(reader, path, needles))
            except _UNREADABLE:
                unreadable.append(name)
                parts = [("", needles.in_bytes(path.read_bytes(), whole=False))]
            found += [Found(name, part, hits) for part, hits in parts if hits]
    return Scan(tuple(found), count, tuple(unreadable))


def _is_below(path: Path, skipped: set[Path]) -> bool:
    return bool(skipped & {path, *path.parents})


Parts = Iterator[tuple[str, Set[str]]]


def _parts(reader: duckdb.DuckDBPyConnection, path: Path, needles: Needles) -> Parts:
    if path.suffix == ".duckdb":
        yield from _database(reader, path, needles)
    elif path.suffix == ".parquet":
        yield "", _parquet(reader, path, needles)
    elif path.suffix in {".xlsx", ".zip"}:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                yield member, needles.in_bytes(archive.read(member))
    elif path.suffix == ".gz":
        yield "", needles.in_bytes(gzip.decompress(path.read_bytes()))
    else:
        yield "", needles.in_bytes(path.read_bytes())


def _database(reader: duckdb.DuckDBPyConnection, path: Path, needles: Needles) -> Parts:
    reader.execute("attach ? as scanned (read_only)", [str(path)])
    in_rows: set[str] = set()
    try:
        for schema, table in reader.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'scanned' order by all"
        ).fetchall():
            rows = reader.sql(f'select * from scanned."{schema}"."{table}"')
            found, within_others = _texts_of(rows, needles)
            in_rows |= within_others
            yield f"{schema}.{table}", found
    finally:
        reader.execute("detach scanned")
    yield PAGES, needles.in_bytes(path.read_bytes(), whole=False) - in_rows


def _parquet(
    reader: duckdb.DuckDBPyConnection, path: Path, needles: Needles
) -> Set[str]:
    try:
        return _texts_of(reader.read_parquet(str(path)), needles)[0]
    except duckdb.Error:
        # Text that is not UTF-8 is still text to look at.
        found: set[str] = set()
        for column in pq.read_table(path).columns:
            if pa.types.is_string(column.type):
                values = column.cast(pa.binary()).drop_null().to_pylist()
                found |= needles.in_bytes(b"\x1f".join(values))
        return found


def _texts_of(
    rows: duckdb.DuckDBPyRelation, needles: Needles
) -> tuple[Set[str], Set[str]]:
    """Texts that stand alone in some row, and also those within longer ones."""
    kinds = dict(zip(rows.columns, map(str, rows.types), strict=True))
    texts = [
        f'"{name}"' if kind == "VARCHAR" else f'cast("{name}" as varchar)'
        for name, kind in kinds.items()
        if kind.partition("(")[0].split(" ")[0] not in _NO_TEXT or "[" in kind
    ]
    if not texts:
        return set(), set()
    found: set[str] = set()
    within: set[str] = set()
    line = f"concat_ws({_SEPARATOR}, {', '.join(texts)}, '')"
    for batch in rows.project(line).to_arrow_reader(100_000):
        column = batch.column(0).cast(pa.large_binary())
        content = memoryview(column.buffers()[2] or b"")
        within |= needles.in_bytes(content, whole=False)
        found |= needles.in_bytes(content) if within else set()
    return found, within

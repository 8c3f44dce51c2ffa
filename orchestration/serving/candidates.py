"""The files that a publication is written into, and where they come from.

The cheapest is the oldest version that is kept: it is let go of anyway, and a few
publications' changes bring it up to date. If a reader still has it open, or there are
too few versions yet, the current one is copied.
"""

import os
import shutil
from pathlib import Path

import duckdb

from orchestration.serving.shelf import Shelf
from orchestration.serving.writing import Candidate

STORAGE = "v1.0.0"
"""Storage format that clients of DuckDB 1.0 and later open."""


class Candidates:
    """Gives each audience a file to write into.

    Args:
        shelf: Where publications lie.
        kept: How many versions are kept.
        anew: Go on from nothing that is there.
    """

    def __init__(self, shelf: Shelf, kept: int, *, anew: bool) -> None:
        self._shelf = shelf
        self._kept = kept
        self._anew = anew

    def prepare(self, audiences: list[str]) -> None:
        """Have something to go on from in each folder: best, nobody's old version."""
        shelf, current = self._shelf, self._shelf.current()
        for audience in audiences:
            shelf.file(audience).parent.mkdir(mode=0o750, exist_ok=True)
        if self._anew:
            return
        kept = shelf.versions()
        waiting = all(shelf.file(audience).exists() for audience in audiences)
        if len(kept) >= self._kept and kept[0] != current and not waiting:
            shelf.reuse(kept[0], audiences)
        for audience in audiences:
            if not shelf.file(audience).exists():
                self._copy_current(audience)

    def attached(
        self, connection: duckdb.DuckDBPyConnection, audience: str
    ) -> Candidate:
        """The audience's candidate; a new one if it is in use, broken or half empty."""
        if self._anew:
            return self.afresh(connection, audience)
        try:
            candidate = self._attach(connection, audience)
        except duckdb.Error:
            # A reader holds it open still, and keeps it by that; or it is no database.
            self._drop(connection, audience)
            self._copy_current(audience)
            candidate = self._attach(connection, audience)
        if _is_half_empty(connection, audience):
            return self.afresh(connection, audience)
        return candidate

    def afresh(self, connection: duckdb.DuckDBPyConnection, audience: str) -> Candidate:
        """An empty candidate."""
        self._drop(connection, audience)
        return self._attach(connection, audience)

    def _attach(
        self, connection: duckdb.DuckDBPyConnection, audience: str
    ) -> Candidate:
        candidate = self._shelf.file(audience)
        connection.execute(
            f"attach ? as \"{_alias(audience)}\" (storage_version '{STORAGE}')",
            [str(candidate)],
        )
        # Nobody's but the publisher's until it is published.
        candidate.chmod(0o600)
        return Candidate(connection, _alias(audience))

    def _copy_current(self, audience: str) -> None:
        """Make a candidate of the version that readers have, if they have one."""
        current = self._shelf.current()
        if current is not None and self._shelf.file(audience, current).exists():
            _copy(self._shelf.file(audience, current), self._shelf.file(audience))

    def _drop(self, connection: duckdb.DuckDBPyConnection, audience: str) -> None:
        connection.execute(f'detach database if exists "{_alias(audience)}"')
        candidate = self._shelf.file(audience)
        for file in (candidate, candidate.with_name(f"{candidate.name}.wal")):
            file.unlink(missing_ok=True)


def _alias(audience: str) -> str:
    """Name that its file is attached under: schemas are named like audiences."""
    return f"for_{audience}"


def _is_half_empty(connection: duckdb.DuckDBPyConnection, audience: str) -> bool:
    """Whether more than half of a file of some size is free blocks."""
    for name, _, block_size, total, _, free, *_ in connection.execute(
        "call pragma_database_size()"
    ).fetchall():
        if name == _alias(audience):
            return bool(total * block_size > 64 << 20 and free * 2 > total)
    return False


def _copy(source: Path, target: Path) -> None:
    """Copy a file; file systems that can share its blocks do."""
    making = target.with_name(f".{target.name}")
    making.touch(mode=0o600)
    try:
        with source.open("rb") as old, making.open("wb") as new:
            left = source.stat().st_size
            while copied := os.copy_file_range(old.fileno(), new.fileno(), left):
                left -= copied
    except OSError:  # not on every file system
        shutil.copyfile(source, making)
    making.replace(target)

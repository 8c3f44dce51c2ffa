"""Append records to the trail, each bound to the one before it by its hash.

The trail is a file beside the warehouse, so that it outlives a rebuild. Its head, a
second file, holds the last record whole. A record is committed when the head that holds
it is renamed into place; the line in the trail follows. Whatever moment a process dies
at, the next one finds in the head what the trail lacks, and writes it.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Any

from orchestration.audit.entries import (
    NO_RECORD,
    Action,
    Record,
    TrailError,
    canonical,
    record_of,
)
from orchestration.durable import replace_durably, sync
from orchestration.settings import Settings


@dataclass(frozen=True)
class Head:
    """The last committed record, and where its line begins in the trail, in bytes."""

    offset: int
    last: Record


@dataclass(frozen=True)
class Files:
    """Where a warehouse keeps its trail."""

    folder: Path

    @classmethod
    def of(cls, settings: Settings) -> "Files":
        """Those of a warehouse."""
        return cls(settings.home / "audit")

    @property
    def trail(self) -> Path:
        """A record a line."""
        return self.folder / "trail.jsonl"

    @property
    def head(self) -> Path:
        """The last record."""
        return self.folder / "head.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process in at a time; the others wait."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def record(
    settings: Settings,
    action: Action,
    details: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> Record:
    """Append a record; it lasts when this returns.

    Args:
        settings: Which warehouse.
        action: What was done.
        details: JSON values; a person is named by a request or a pseudonymous key.
        now: Moment to stamp, naive UTC. Default: the clock's.
    """
    files = Files.of(settings)
    with files.locked():
        head = head_of(files)
        if head and _restored(files, head):
            told = {"sequence": head.last.sequence, "why": "interrupted or cut off"}
            head = _append(files, head, Action.RESTORE, told, now)
        return _append(files, head, action, details, now).last


def records(settings: Settings) -> list[Record]:
    """All records, in order; the last one is known from the head if need be.

    Raises:
        TrailError: A line is not a record; `warehouse audit verify` says which.
    """
    files = Files.of(settings)
    if not files.folder.exists():
        return []
    with files.locked():
        head = head_of(files)
        content = files.trail.read_bytes() if files.trail.exists() else b""
    if head and len(content) < head.offset + len(head.last.line):
        content = content[: head.offset] + head.last.line
    return [record_of(line) for line in content.splitlines()]


def head_of(files: Files) -> Head | None:
    """The head, or None before the first record.

    Raises:
        TrailError: It is not a head.
    """
    if not files.head.exists():
        return None
    try:
        content = json.loads(files.head.read_bytes())
        return Head(content["offset"], Record(**content["last"]))
    except (TypeError, KeyError, ValueError) as error:
        raise TrailError("Its head cannot be read") from error


def _append(
    files: Files,
    head: Head | None,
    action: Action,
    details: Mapping[str, Any],
    now: datetime | None,
) -> Head:
    moment = now or datetime.now(UTC).replace(tzinfo=None)
    last = head.last if head else None
    draft = Record(
        sequence=last.sequence + 1 if last else 1,
        recorded_at=moment.isoformat(timespec="microseconds"),
        actor=os.environ.get("WAREHOUSE_ACTOR") or _account(),
        action=str(action),
        details=json.loads(json.dumps(details, default=str)),
        previous=last.hash if last else NO_RECORD,
        hash="",
    )
    new = Record(**(vars(draft) | {"hash": draft.digest}))
    size = files.trail.stat().st_size if files.trail.exists() else 0
    successor = Head(size, new)
    replace_durably(
        files.head, canonical({"offset": size, "last": vars(successor.last)})
    )
    _write_line(files.trail, new.line)
    return successor


def _account() -> str:
    """Who runs this; a container may run as a number that has no name."""
    try:
        return getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _restored(files: Files, head: Head) -> bool:
    """Whether the head's record was missing or torn in the trail, and is no longer.

    A trail that is shorter or longer than a crash can leave it stays as it is: that is
    for `verify` to report.
    """
    size = files.trail.stat().st_size if files.trail.exists() else 0
    if not head.offset <= size < head.offset + len(head.last.line):
        return False
    if files.trail.exists():
        os.truncate(files.trail, head.offset)
    _write_line(files.trail, head.last.line)
    return True


def _write_line(trail: Path, line: bytes) -> None:
    is_new = not trail.exists()
    with trail.open("ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync(trail.parent)

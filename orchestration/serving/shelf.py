"""Where publications lie, and the few steps by which they come and go.

    serving/current                -> publications/12     the one link that is swapped
    serving/publications/12/      record.json, finance.duckdb -> ../../finance/12.duckdb
    serving/finance/12.duckdb      one file per audience and version
    serving/finance/current.duckdb -> ../current/finance.duckdb

All audiences move together, because they all go through `serving/current`, and renaming
that link is the one instant at which a publication comes into force. What was there
before is whole until then, and what lies about after a crash is in no publication.
"""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.durable import sync
from orchestration.errors import WarehouseBusyError, WarehouseError

Record = dict[str, Any]
"""What is kept of a publication beside its files."""

CANDIDATE = "next.duckdb"
"""A file that is being made, or was when something stopped it: the next publication
goes on from whatever it holds."""


@dataclass(frozen=True)
class Hold:
    """Why nothing is published: somebody rolled back.

    Attributes:
        withdrawn: The version that was taken back.
        to: The version that came in its place.
        reason: Why.
    """

    withdrawn: int
    to: int
    reason: str


class Shelf:
    """The publications of a warehouse.

    Args:
        root: The `serving` folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._publications = root / "publications"

    @contextmanager
    def only_publisher(self) -> Iterator[None]:
        """Keep others from publishing or rolling back; ends with the process at worst.

        Raises:
            WarehouseBusyError: Another process is at it.
        """
        self._publications.mkdir(parents=True, exist_ok=True)
        with (self.root / "publish.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WarehouseBusyError("somebody else is publishing.") from error
            yield

    def versions(self) -> list[int]:
        """All versions that are kept, ascending."""
        if not self._publications.exists():
            return []
        return sorted(int(f.name) for f in self._publications.glob("[0-9]*"))

    def current(self) -> int | None:
        """The version that readers open; None before the first."""
        try:
            return int((self.root / "current").readlink().name)
        except FileNotFoundError:
            return None

    def record(self, version: int) -> Record:
        """What is kept of a version.

        Raises:
            WarehouseError: It is not there.
        """
        file = self._publications / str(version) / "record.json"
        if not file.exists():
            kept = ", ".join(map(str, self.versions())) or "none"
            raise WarehouseError(
                f"There is no publication {version}; kept are: {kept}.",
                "`warehouse publications` lists them.",
                exit_code=2,
            )
        content: Record = json.loads(file.read_text())
        return content

    def is_recorded(self, version: int) -> bool:
        """Whether the audit trail has it."""
        return (self._publications / str(version) / "recorded").exists()

    def mark_recorded(self, version: int) -> None:
        """Say that the audit trail has it."""
        (self._publications / str(version) / "recorded").touch()

    def held(self) -> Hold | None:
        """Why nothing is published, if so."""
        try:
            return Hold(**json.loads((self.root / "held.json").read_text()))
        except FileNotFoundError:
            return None

    def file(self, audience: str, version: int | None = None) -> Path:
        """The file of an audience: of a version, or the one being made."""
        name = CANDIDATE if version is None else f"{version}.duckdb"
        return self.root / audience / name

    def next_version(self) -> int:
        """A number that no publication had, those withdrawn included."""
        hold = self.held()
        return max([*self.versions(), hold.withdrawn if hold else 0, 0]) + 1

    def install(self, version: int, audiences: list[str], record: Record) -> None:
        """Make a publication of the candidates; readers do not see it yet."""
        making = self._publications / f".{version}"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        for audience in audiences:
            candidate = self.file(audience)
            sync(candidate)
            candidate.chmod(0o440)
            candidate.replace(self.file(audience, version))
            (making / f"{audience}.duckdb").symlink_to(
                Path("..", "..", audience, f"{version}.duckdb")
            )
            sync(candidate.parent)
        content = making / "record.json"
        content.touch(mode=0o600)  # has every audience's figures
        content.write_text(json.dumps(record, indent=1, default=str))
        sync(content)
        sync(making)
        making.replace(self._publications / str(version))
        sync(self._publications)

    def swap(self, version: int) -> None:
        """Let readers see a version that is installed: at once, or not at all."""
        # A new audience's own link first: nobody would make it after a crash behind
        # the swap, for then there is nothing to publish.
        for link in (self._publications / str(version)).glob("*.duckdb"):
            own = self.root / link.stem / "current.duckdb"
            if not own.is_symlink():
                _link(own, Path("..", "current", link.name))
                sync(own.parent)
        _link(self.root / "current", Path("publications", str(version)))
        sync(self.root)

    def hold(self, hold: Hold) -> None:
        """Publish nothing until `release`."""
        made = self.root / ".held.json"
        made.write_text(json.dumps(hold.__dict__))
        sync(made)
        made.replace(self.root / "held.json")
        sync(self.root)

    def release(self) -> None:
        """Publish again."""
        (self.root / "held.json").unlink(missing_ok=True)

    def forget(self, version: int) -> None:
        """Let go of a version; its files stay until `clean`, for another to reuse."""
        away = self._publications / f".{version}"
        shutil.rmtree(away, ignore_errors=True)
        (self._publications / str(version)).replace(away)
        shutil.rmtree(away)

    def clean(self) -> None:
        """Remove what belongs to no publication; candidates stay.

        A version above the current one was not swapped in before something broke,
        unless somebody has rolled back from it.
        """
        current, hold = self.current(), self.held()
        last = max(current or 0, hold.withdrawn if hold else 0)
        for version in self.versions():
            if version > last:
                self.forget(version)
        for leftover in self._publications.glob(".*"):
            shutil.rmtree(leftover)
        for folder in self.root.iterdir():
            link = folder / "current.duckdb"
            if link.is_symlink() and not link.exists():  # its audience is no more
                link.unlink()
                link.with_name(CANDIDATE).unlink(missing_ok=True)
        kept = {f"{version}.duckdb" for version in self.versions()}
        for file in self.root.glob("*/*.duckdb*"):
            base = file.name.removesuffix(".wal")
            of_audience = file.parent not in {self._publications, self.root / "current"}
            if of_audience and base not in kept | {CANDIDATE, "current.duckdb"}:
                file.unlink()

    def reuse(self, version: int, audiences: list[str]) -> None:
        """Make the files of a version that is let go of candidates to go on from."""
        self.forget(version)
        for audience in audiences:
            old = self.file(audience, version)
            if old.exists() and not self.file(audience).exists():
                old.chmod(0o600)
                old.replace(self.file(audience))


def _link(link: Path, target: Path) -> None:
    """Point a symbolic link elsewhere, in one step."""
    made = link.with_name(f".{link.name}")
    made.unlink(missing_ok=True)
    made.symlink_to(target)
    made.replace(link)

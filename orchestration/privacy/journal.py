"""How far an erasure has come, so that one that was interrupted is taken to its end.

While there is a journal, nothing else writes this warehouse: what is half erased must
not be loaded, built or published. It names persons, and is gone when they are.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.durable import replace_durably, sync
from orchestration.errors import WarehouseError
from orchestration.privacy.subjects import Subject
from orchestration.settings import Settings


def folder_of(settings: Settings) -> Path:
    """Where erasures keep their journal and their certificates."""
    return settings.home / "erasure"


def path_of(settings: Settings) -> Path:
    """Where the journal is while an erasure is under way."""
    return folder_of(settings) / "journal.json"


@dataclass
class Journal:
    """An erasure under way.

    Attributes:
        subjects: Whom it is about.
        today: Day of the request, or on which holds are looked at.
        texts: Text that tells one of them -> pseudonym.
        before: Place -> how many of the texts were found there.
        found_before: How many were found anywhere.
        landing: What `landing.prepare` gave: stamps of the new files.
        unreadable: Landed files that will be removed.
        counts: Relation -> rows before and after.
        rewritten: Publications and exports that were written anew.
        removed: Temporary files that were removed.
        certificate: Name of the certificate.
        done: Names of the steps that are done.
    """

    subjects: Sequence[Subject]
    today: date
    texts: Mapping[str, str] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    found_before: int = 0
    landing: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    rewritten: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    certificate: str = ""
    done: list[str] = field(default_factory=list)

    @property
    def customers(self) -> dict[str, str]:
        """Identifier -> pseudonym."""
        return {one.customer_id: one.pseudonym for one in self.subjects}

    def save(self, settings: Settings) -> None:
        """Write it down; it lasts when this returns."""
        folder = folder_of(settings)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_durably(
            path_of(settings), json.dumps(asdict(self), default=str).encode()
        )

    def step(self, settings: Settings, name: str, do: Callable[[], None]) -> None:
        """Do a step unless it is done."""
        if name not in self.done:
            do()
            self.done.append(name)
            self.save(settings)


def unfinished(settings: Settings) -> Journal | None:
    """The erasure under way, if there is one."""
    path = path_of(settings)
    if not path.exists():
        return None
    kept: dict[str, Any] = json.loads(path.read_bytes())
    kept["subjects"] = [Subject(**one) for one in kept["subjects"]]
    kept["today"] = date.fromisoformat(kept["today"])
    return Journal(**kept)


def close(settings: Settings) -> None:
    """Forget the journal."""
    path_of(settings).unlink(missing_ok=True)
    sync(folder_of(settings))


def refuse_while_unfinished(settings: Settings) -> None:
    """Keep everything else out while an erasure is under way.

    Raises:
        WarehouseError: It is, or it was interrupted.
    """
    if path_of(settings).exists():
        raise WarehouseError(
            "An erasure is under way, or was interrupted.",
            "Wait for it; if it no longer runs, `warehouse erase --resume`.",
            exit_code=4,
        )

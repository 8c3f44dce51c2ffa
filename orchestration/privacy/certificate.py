"""What an erasure can show: what was where before, and that nothing is left."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from orchestration.durable import replace_durably
from orchestration.privacy.journal import folder_of
from orchestration.privacy.scan import Scan
from orchestration.settings import Settings

HELD = "vault.held_records"
"""The only place where what the law has us keep may still be found."""


@dataclass(frozen=True)
class Certificate:
    """A certificate as it is kept: its name, content and hash."""

    name: str
    content: Mapping[str, Any]
    hash: str


def by_place(scan: Scan) -> dict[str, int]:
    """How many of the texts were found in each place: folder, or part of the warehouse.

    A place says which layer, never which person.
    """
    places: dict[str, set[str]] = {}
    for one in scan.found:
        top = one.path.split("/")[0]
        schema = f" {one.part.split('.')[0]}" if top == "warehouse.duckdb" else ""
        places.setdefault(top + schema, set()).update(one.texts)
    return {place: len(texts) for place, texts in sorted(places.items())}


def left_over(scan: Scan, held: set[str]) -> list[str]:
    """Where a text was found that should be nowhere, or nowhere but among what is held.

    Args:
        scan: Of all files, after the erasure.
        held: Texts that the law has us keep; they are in one relation.
    """
    return [
        f"{one.path} {one.part}".strip()
        for one in scan.found
        if not (
            one.path == "warehouse.duckdb" and one.part == HELD and one.texts <= held
        )
    ]


def write(settings: Settings, content: Mapping[str, Any]) -> Certificate:
    """Keep a certificate under the next number."""
    folder = folder_of(settings) / "certificates"
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(path.stem) for path in folder.glob("[0-9]*.json")), default=0)
    text = json.dumps(content, indent=2, sort_keys=True, default=str) + "\n"
    name = f"{number:06}.json"
    replace_durably(folder / name, text.encode())
    return Certificate(name, content, sha256(text.encode()).hexdigest())


def hash_of(settings: Settings, name: str) -> str | None:
    """SHA-256 of a certificate as it lies there; None when it is gone."""
    path: Path = folder_of(settings) / "certificates" / name
    return sha256(path.read_bytes()).hexdigest() if path.exists() else None


def read(settings: Settings, name: str) -> Certificate:
    """A certificate as it lies there."""
    text = (folder_of(settings) / "certificates" / name).read_bytes()
    return Certificate(name, json.loads(text), sha256(text).hexdigest())

"""What the trail is made of: records, each a line, and the hash that binds it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from orchestration.errors import WarehouseError

NO_RECORD = "0" * 64
"""What the first record calls the hash of its predecessor."""


class Action(StrEnum):
    """What is recorded."""

    LOAD = "load"
    BUILD = "build"
    PUBLISH = "publish"
    ROLLBACK = "rollback"
    FILE = "file"
    GRANT = "grant"
    EXPORT = "export"
    ACCESS = "access"
    DECIDE = "decide"
    ERASE = "erase"
    RETAIN = "retain"
    RESTORE = "restore"


class TrailError(WarehouseError):
    """What lies where the trail should is not what was written."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The audit trail is not as it was written: {what}.",
            "Run `warehouse audit verify` and follow docs/runbooks/"
            "audit-trail-broken.md; what the command did before is done.",
        )


@dataclass(frozen=True)
class Record:
    """One line of the trail.

    Attributes:
        sequence: 1, 2, 3, ...
        recorded_at: UTC, ISO 8601.
        actor: Who did it: WAREHOUSE_ACTOR, or the account of the operating system.
        action: One of `Action`.
        details: What about it; never a personal value.
        previous: Hash of the record before.
        hash: SHA-256 of all of the above in canonical form.
    """

    sequence: int
    recorded_at: str
    actor: str
    action: str
    details: Mapping[str, Any]
    previous: str
    hash: str

    @property
    def line(self) -> bytes:
        """Its line in the trail."""
        return canonical(vars(self)) + b"\n"

    @property
    def digest(self) -> str:
        """What `hash` has to be."""
        content = {name: v for name, v in vars(self).items() if name != "hash"}
        return sha256(canonical(content)).hexdigest()


def record_of(line: bytes) -> Record:
    """Read a line.

    Raises:
        TrailError: It is not a record in canonical form.
    """
    try:
        found = Record(**json.loads(line))
    except (TypeError, ValueError) as error:
        raise TrailError("A line is not a record") from error
    if found.line.rstrip(b"\n") != line:
        raise TrailError("A line is not in canonical form")
    return found


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one way to write it as JSON, in ASCII."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=True
    ).encode()

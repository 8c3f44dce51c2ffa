"""What went over the wire: each distinct statement, how often, why refused."""

import json
import re
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

_PASSWORD = re.compile(r"(?i)(\bpassword\s+)'(?:[^'\\]|''|\\.)*'")
_NOISE = [
    (re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL), " "),
    (re.compile(r"'(?:[^'\\]|''|\\.)*'"), "?"),
    (re.compile(r"(?<=\D)\d{6,}"), "N"),  # dbt's temporary names carry the time
    (re.compile(r"\b\d+(\.\d+)?\b"), "?"),
    (re.compile(r"(\?|\$\?)( ?, ?(\?|\$\?))+"), "?"),
    (re.compile(r"(\( ?\?( ?, ?\?)* ?\))( ?, ?\( ?\?( ?, ?\?)* ?\))+"), "(?)"),
    (re.compile(r"\s+"), " "),
]


@dataclass
class Statement:
    """A distinct statement without literals; `refused` is the reason, or None."""

    sql: str
    count: int
    refused: str | None


def normalised(sql: str) -> str:
    """The statement without comments, literals and generated numbers."""
    for pattern, replacement in _NOISE:
        sql = pattern.sub(replacement, sql)
    return sql.strip().lower()


class WireLog:
    """Collects the statements of all connections, and writes each as a JSON line."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._seen: dict[str, Statement] = {}
        self._lock = threading.Lock()

    def add(self, sql: str, sent: str, refused: str | None) -> None:
        """Record one statement as it came, as PostgreSQL got it, and its refusal."""
        shown = [_PASSWORD.sub(r"\1'***'", text) for text in (sql, sent)]
        line = {"sql": shown[0], "sent": shown[1], "refused": refused}
        with self._lock:
            self._file.write(json.dumps(line) + "\n")
            shape = normalised(sql)
            seen = self._seen.setdefault(shape, Statement(shape, 0, None))
            seen.count += 1
            seen.refused = seen.refused or refused

    def statements(self) -> list[Statement]:
        """Every distinct statement so far, in order of first appearance."""
        with self._lock:
            return [Statement(**asdict(statement)) for statement in self._seen.values()]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

"""What a simulation tells about itself: deliveries, files and planted faults."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.simulator.clock import Clock, to_datetime

BOOKS = ".simulation"  # hidden, so that no reader of the landing directory minds it


@dataclass(frozen=True)
class Delivery:
    """Files that landed together.

    Attributes:
        number: 1, 2, …
        delivered_at: UTC, without zone.
        files: Relative to the simulation's directory.
    """

    number: int
    delivered_at: datetime
    files: list[Path]


@dataclass(frozen=True)
class PlantedFault:
    """One piece of dirt and its place.

    Attributes:
        kind: A kind of `Dirt`.
        path: The file, relative to the simulation's directory.
        row_number: Position in the file from 0; None is the whole file.
        column: None is the whole row or file.
        reason: The code under which ingestion refuses it; None when it must not.
    """

    kind: str
    path: str
    row_number: int | None
    column: str | None
    reason: str | None


@dataclass(frozen=True)
class FileRecord:
    """One written file, and what the simulator meant by it.

    Attributes:
        path: Relative to the simulation's directory.
        table: Name of the feed's table.
        delivery: Number of the delivery that carries it.
        row_count: Rows that a reader finds; 0 for an unreadable file.
        refused: Why the whole file is refused, or None.
        copy_of: Path of the file that has the same bytes, or None.
        faults: What was planted here.
        rows: The rows as meant, in file order (columns of `story`), or None when no
            books are kept or nothing of it can be read.
    """

    path: str
    table: str
    delivery: int
    row_count: int
    refused: str | None = None
    copy_of: str | None = None
    faults: list[PlantedFault] = field(default_factory=list)
    rows: pa.Table | None = None


def deliveries_of(files: Sequence[FileRecord], clock: Clock) -> list[Delivery]:
    """Files by delivery, in the order of the deliveries."""
    paths: dict[int, list[Path]] = {}
    for file in files:
        paths.setdefault(file.delivery, []).append(Path(file.path))
    return [
        Delivery(number, to_datetime(clock.delivered_at(number)), paths[number])
        for number in sorted(paths)
    ]


def write_deliveries(into: Path, deliveries: Sequence[Delivery]) -> None:
    """Write deliveries.json."""
    listed = [
        {
            "number": delivery.number,
            "delivered_at": delivery.delivered_at.isoformat(),
            "files": [path.as_posix() for path in delivery.files],
        }
        for delivery in deliveries
    ]
    _write_json(into / BOOKS / "deliveries.json", listed)


def write_books(into: Path, planted: Sequence[PlantedFault], figures: pa.Table) -> None:
    """Write planted.json, and the truth at every delivery as truth.parquet."""
    listed = [asdict(fault) for fault in planted]
    _write_json(into / BOOKS / "planted.json", listed)
    pq.write_table(figures, into / BOOKS / "truth.parquet")


def write_breaks(into: Path, breaks: pa.Table) -> None:
    """Write breaks.parquet: what a reconciliation of all deliveries must find."""
    pq.write_table(breaks, into / BOOKS / "breaks.parquet")


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

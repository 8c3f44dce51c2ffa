"""Simulate an operator day by day, and open what was simulated."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.simulator.clock import Clock, to_datetime
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.contract import FEEDS, Feed
from orchestration.simulator.files import Landing
from orchestration.simulator.population import Population, populate
from orchestration.simulator.records import Delivery, FileRecord, PlantedFault
from orchestration.simulator.truth import Truth
from orchestration.simulator.units import Tally, Unit, UnitResult, units_of
from orchestration.simulator.work import work

BOOKS = ".simulation"
CARRIED_ROWS = 200_000  # rows that wait for a later delivery before they are written
CARRIED_PART = 900_000_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Simulation:
    """What was simulated into a directory.

    Attributes:
        into: The directory; file paths are relative to it.
        config: What was asked for.
        deliveries: In the order in which they were delivered.
        files: Every file, in the order of its path.
        counts: Pieces of dirt by kind.
        tally: Totals of the world behind the files.
    """

    into: Path
    config: SimulationConfig
    deliveries: list[Delivery]
    files: list[FileRecord]
    counts: Counter[str]
    tally: Tally

    @property
    def planted(self) -> list[PlantedFault]:
        """Every piece of dirt and its place; empty without books."""
        return [fault for file in self.files for fault in file.faults]

    @cached_property
    def truth(self) -> Truth:
        """What an all-knowing accountant says; needs books."""
        return Truth(self.files)


def simulate(
    config: SimulationConfig,
    into: Path,
    progress: Progress | None = None,
    *,
    truth: bool = True,
    workers: int = 2,
) -> Simulation:
    """Write an operator's files.

    Args:
        config: What to simulate.
        into: Directory to write to, e.g. the landing directory.
        progress: Called with the days done and the days in all.
        truth: Whether to keep books (planted faults and truth) on the way; without
            them memory is bounded at any size.
        workers: Threads; the result does not depend on them.

    Returns:
        The simulation.
    """
    clock, population = Clock(config), populate(config)
    carrier = _Carrier(into, clock, truth)
    tally, counts, files = Tally(), Counter[str](), list[FileRecord]()
    with ThreadPoolExecutor(workers) as pool:
        for unit, result in _in_turn(
            pool, config, clock, population, into, truth, workers
        ):
            files += result.records
            counts.update(result.counts)
            tally.add(result.tally)
            carrier.carry(result)
            if unit.is_last_of_day:
                carrier.deliver(clock.days_last_delivery(unit.day))
                if progress:
                    progress(unit.day + 1, config.days)
    files = sorted(files + carrier.landing.records, key=lambda file: file.path)
    counts.update(carrier.landing.counts)
    simulation = Simulation(
        into, config, _deliveries(clock, files), files, counts, tally
    )
    _keep_books(simulation, has_truth=truth)
    return simulation


def _in_turn(
    pool: ThreadPoolExecutor,
    config: SimulationConfig,
    clock: Clock,
    population: Population,
    into: Path,
    keeps_books: bool,  # noqa: FBT001
    workers: int,
) -> Iterator[tuple[Unit, UnitResult]]:
    """Run units side by side; yield their results in order, few at a time."""
    waiting: deque[tuple[Unit, Future[UnitResult]]] = deque()
    for unit in units_of(config, population, clock):
        landing = Landing(into, clock, keeps_books)
        future = pool.submit(work, unit, config, population, landing)
        waiting.append((unit, future))
        if len(waiting) > workers:
            ready, future = waiting.popleft()
            yield ready, future.result()
    while waiting:
        ready, future = waiting.popleft()
        yield ready, future.result()


class _Carrier:
    """Rows on their way to later deliveries."""

    def __init__(self, into: Path, clock: Clock, keeps_books: bool) -> None:  # noqa: FBT001
        self.landing = Landing(into, clock, keeps_books)
        self._rows: dict[tuple[int, str], list[pa.Table]] = {}
        self._parts: Counter[tuple[int, str]] = Counter()

    def carry(self, result: UnitResult) -> None:
        """Take a unit's rows along; write those that have become many."""
        for feed, delivery, rows in result.later:
            waiting = self._rows.setdefault((delivery, feed.table), [])
            waiting.append(rows)
            if sum(table.num_rows for table in waiting) >= CARRIED_ROWS:
                self._write(feed, delivery)

    def deliver(self, last: int) -> None:
        """Write what deliveries up to `last` still wait for."""
        for delivery in sorted({d for d, _ in self._rows if d <= last}):
            for feed in FEEDS:
                self._write(feed, delivery)

    def _write(self, feed: Feed, delivery: int) -> None:
        key = (delivery, feed.table)
        rows = self._rows.pop(key, [])
        if rows:
            part = CARRIED_PART + self._parts[key]
            self._parts[key] += 1
            self.landing.write_rows(feed, delivery, part, pa.concat_tables(rows))


def _deliveries(clock: Clock, files: list[FileRecord]) -> list[Delivery]:
    paths: dict[int, list[Path]] = {}
    for file in files:
        paths.setdefault(file.delivery, []).append(Path(file.path))
    return [
        Delivery(number, to_datetime(clock.delivered_at(number)), paths[number])
        for number in sorted(paths)
    ]


def _keep_books(simulation: Simulation, *, has_truth: bool) -> None:
    books = simulation.into / BOOKS
    books.mkdir(parents=True, exist_ok=True)
    deliveries = [
        {
            "number": delivery.number,
            "delivered_at": delivery.delivered_at.isoformat(),
            "files": [path.as_posix() for path in delivery.files],
        }
        for delivery in simulation.deliveries
    ]
    _write_json(books / "deliveries.json", deliveries)
    if has_truth:
        planted = [asdict(fault) for fault in simulation.planted]
        _write_json(books / "planted.json", planted)
        loads = [
            (delivery.delivered_at, [path.as_posix() for path in delivery.files])
            for delivery in simulation.deliveries
        ]
        pq.write_table(simulation.truth.figures(loads), books / "truth.parquet")


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

"""Simulate an operator, day by day."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from orchestration.simulator.carrier import Carrier
from orchestration.simulator.clock import Clock
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.feed import Feed
from orchestration.simulator.feeds import sources_of
from orchestration.simulator.files import Landing
from orchestration.simulator.labels import gathered, write_labels
from orchestration.simulator.population import Population, populate
from orchestration.simulator.records import (
    Delivery,
    FileRecord,
    PlantedFault,
    deliveries_of,
    write_books,
    write_breaks,
    write_deliveries,
)
from orchestration.simulator.truth import Truth
from orchestration.simulator.units import Tally, units_of
from orchestration.simulator.work import Done, Turns, work

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
        labels: What was planted for rules to find, one row per thing (labels.SCHEMA).
        has_books: Whether faults and rows were noted, which `planted` and `truth` need.
    """

    into: Path
    config: SimulationConfig
    deliveries: list[Delivery]
    files: list[FileRecord]
    counts: Counter[str]
    tally: Tally
    labels: pa.Table
    has_books: bool

    @property
    def planted(self) -> list[PlantedFault]:
        """Every piece of dirt and its place.

        Raises:
            ValueError: The simulation ran with `truth=False`.
        """
        self._need_books()
        return [fault for file in self.files for fault in file.faults]

    @cached_property
    def truth(self) -> Truth:
        """What an all-knowing accountant says.

        Raises:
            ValueError: The simulation ran with `truth=False`.
        """
        self._need_books()
        return Truth(self.files)

    def _need_books(self) -> None:
        if not self.has_books:
            msg = "no books were kept: simulate with truth=True"
            raise ValueError(msg)


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
        workers: Threads (numpy and Arrow run side by side); the files do not depend on
            their number.

    Returns:
        The simulation.
    """
    clock, tally = Clock(config), Tally()
    labels: list[pa.Table] = []
    landings: list[Landing] = []
    writes: list[Future[None]] = []

    def new_landing() -> Landing:
        landings.append(Landing(into, clock, keeps_books=truth))
        return landings[-1]

    with ThreadPoolExecutor(workers) as pool:

        def write(feed: Feed, delivery: int, part: int, rows: pa.Table) -> None:
            landing = new_landing()
            writes.append(pool.submit(landing.write_rows, feed, delivery, part, rows))

        carrier = Carrier(write)
        population = populate(config)
        turns = Turns(config, population, sources_of(config))
        for done in _in_turn(pool, config, population, clock, new_landing, workers):
            for bench in (*done.benches, *turns.take(done, new_landing)):
                tally.add(bench.tally)
                labels += bench.labels
                carrier.carry(bench.later, is_plot=done.unit.is_plot)
            if done.unit.is_last_of_day:
                carrier.deliver(clock.days_last_delivery(done.unit.day))
                if progress:
                    progress(done.unit.day + 1, config.days)
    for written in writes:
        written.result()  # raises what went wrong
    files = [file for landing in landings for file in landing.records]
    files.sort(key=lambda file: file.path)
    counts = sum((landing.counts for landing in landings), Counter[str]())
    deliveries = deliveries_of(files, clock)
    simulation = Simulation(
        into, config, deliveries, files, counts, tally, gathered(labels), truth
    )
    write_deliveries(into, deliveries)
    write_labels(into, simulation.labels)
    if truth:
        loads = [(delivery.delivered_at, delivery.files) for delivery in deliveries]
        write_books(into, simulation.planted, simulation.truth.figures(loads))
        write_breaks(into, simulation.truth.breaks(loads))
    return simulation


def _in_turn(
    pool: ThreadPoolExecutor,
    config: SimulationConfig,
    population: Population,
    clock: Clock,
    new_landing: Callable[[], Landing],
    workers: int,
) -> Iterator[Done]:
    """Work on units side by side; yield them in order, and not many ahead."""
    sources = sources_of(config)
    waiting: deque[Future[Done]] = deque()
    for unit in units_of(config, population, clock):
        landing = new_landing()
        waiting.append(pool.submit(work, unit, config, population, sources, landing))
        if len(waiting) > workers:
            yield waiting.popleft().result()
    for future in waiting:
        yield future.result()

"""What most feeds do with what they have drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulator.arrays import Bools, Ints, moments
from orchestration.simulator.feed import Feed
from orchestration.simulator.plan import Plan
from orchestration.simulator.workbench import SourceBench

Columns = Callable[[Plan], Sequence[pa.Array]]


def write(bench: SourceBench, feed: Feed, recorded_at: Ints, columns: Columns) -> None:
    """Write one row for each thing; some come mistaken first and are put right later.

    Args:
        bench: Of the unit of work.
        feed: Table to write to.
        recorded_at: When the source writes each thing's row.
        columns: From planned rows (`source` is the position of a thing) to the feed's
            columns but the last, `recorded_at`.
    """
    if len(recorded_at):
        plan = bench.plan(recorded_at)
        bench.correct(plan)
        deliver(bench, feed, plan, columns)


def write_stages(
    bench: SourceBench,
    feed: Feed,
    stages: Sequence[tuple[Ints, Ints]],
    columns: Columns,
) -> None:
    """Write a row for each stage that things go through; a later one replaces it.

    Args:
        bench: Of the unit of work.
        feed: Table to write to.
        stages: Of each stage, the things that reach it and when their row is written.
            The last one's `content` is 0, the one before it 1, and so on.
        columns: As for `write`.
    """
    things = np.concatenate([thing for thing, _ in stages])
    if not len(things):
        return
    plan = bench.plan(np.concatenate([moment for _, moment in stages]))
    plan.source = things
    plan.content = np.concatenate(
        [np.full(len(t), len(stages) - 1 - n) for n, (t, _) in enumerate(stages)]
    )
    deliver(bench, feed, plan, columns)


def deliver(bench: SourceBench, feed: Feed, plan: Plan, columns: Columns) -> None:
    """Muddle planned rows and write them to files."""
    plan = bench.finish(feed, plan)
    arrays = [*columns(plan), moments(plan.recorded_at)]
    bench.pack(feed, plan, pa.Table.from_arrays(arrays, schema=feed.schema))


def maybe(column: pa.Array, present: Bools | npt.NDArray[np.bool_]) -> pa.Array:
    """The column where `present` holds, null elsewhere."""
    return pc.if_else(pa.array(present), column, None)


def customers_mixed(number: Ints, salt: int | Ints) -> Ints:
    """A number below 2^31 for each customer and salt, the same in every unit."""
    mixed = (number * 2_654_435_761 + (salt + 1) * 40_503_677) % 2**32
    mixed = (mixed ^ (mixed >> 15)) * 2_246_822_519 % 2**32
    return (mixed ^ (mixed >> 13)) % 2**31

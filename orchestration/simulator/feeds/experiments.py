"""Experiments: who sees which variant. One of them loses customers on the way.

The variants change nothing in how customers bet: a difference that is found in the
betting feeds is chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Ints, decimals, labels, moments
from orchestration.simulator.clock import DAY
from orchestration.simulator.feed import MOMENT, Feed
from orchestration.simulator.feeds.writing import customers_mixed, write
from orchestration.simulator.labels import labels_of
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.population import customer_ids
from orchestration.simulator.source import CustomersDrawn, Source
from orchestration.simulator.workbench import SourceBench

SHARE = pa.decimal128(6, 4)
VARIANT = pa.struct(
    [("variant", pa.string()), ("planned_share", SHARE), ("is_control", pa.bool_())]
)


@dataclass(frozen=True)
class Trial:
    """One experiment.

    Attributes:
        name: Its id, and its name.
        metric: What decides it.
        shares: Planned share of each variant in ten-thousandths, the control's first.
        lost: Share of the customers of the last variant who are never recorded.
    """

    name: str
    metric: str
    shares: tuple[int, ...]
    lost: float = 0.0


TRIALS = (
    Trial("one-tap-slip", "bets_per_session", (5_000, 5_000)),
    Trial("odds-boost-banner", "handle_per_customer", (5_000, 5_000), lost=1 / 3),
    Trial("welcome-journey", "retention_day_7", (3_400, 3_300, 3_300)),
)
VARIANTS = ("control", "treatment_a", "treatment_b")

EXPERIMENTS = Feed(
    source="experiments",
    table="experiments",
    keys=("experiment_id",),
    schema=pa.schema(
        [
            ("experiment_id", pa.string()),
            ("experiment_name", pa.string()),
            ("primary_metric", pa.string()),
            ("variants", pa.list_(VARIANT)),
            ("starts_at", MOMENT),
            ("ends_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"ends_at"}),
)
ASSIGNMENTS = Feed(
    source="experiments",
    table="assignments",
    keys=("experiment_id", "customer_id"),
    schema=pa.schema(
        [
            ("experiment_id", pa.string()),
            ("customer_id", pa.string()),
            ("variant", pa.string()),
            ("assigned_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
)


def experiment(bench: SourceBench, drawn: CustomersDrawn) -> None:
    """Define the experiments on the first day; assign some customers every day."""
    if not bench.is_first_of_day:
        return
    if bench.unit.day == 0:
        _define(bench)
    start = bench.clock.day_start(bench.unit.day)
    active = np.arange(drawn.population.registered_before(bench.unit.day))
    number, trial, variant = [], [], []
    for place, one in enumerate(TRIALS):
        # Each customer comes by on one day; by then, some are not registered yet.
        turn = customers_mixed(active, 10 + place) % bench.config.days
        here = active[turn == bench.unit.day]
        seen = customers_mixed(here, 20 + place) % 10_000
        sees = np.searchsorted(np.cumsum(one.shares)[:-1], seen, side="right")
        gone = customers_mixed(here, 30 + place) % 10_000 < one.lost * 10_000
        kept = ~(gone & (sees == len(one.shares) - 1))
        number.append(here[kept])
        variant.append(sees[kept])
        trial.append(np.full(int(kept.sum()), place))
    _assign(bench, start, *(np.concatenate(part) for part in (number, trial, variant)))


def _assign(
    bench: SourceBench, start: int, number: Ints, trial: Ints, variant: Ints
) -> None:
    when = start + customers_mixed(number, 40) % DAY

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        # A mistaken row has the minute wrong, never the variant.
        shift = np.where(plan.content == WRONG, 60_000, 0)
        return [
            labels([one.name for one in TRIALS], trial[rows]),
            customer_ids(number[rows]),
            labels(VARIANTS, variant[rows]),
            moments(when[rows] - shift),
        ]

    write(bench, ASSIGNMENTS, when + 500, columns)


def _define(bench: SourceBench) -> None:
    start = bench.clock.start
    written = np.full(len(TRIALS), start - DAY)

    def columns(plan: Plan) -> list[pa.Array]:
        chosen = [TRIALS[row] for row in plan.source.tolist()]
        shares = [share for one in chosen for share in one.shares]
        places = np.array([n for one in chosen for n in range(len(one.shares))])
        offsets = np.cumsum([0, *(len(one.shares) for one in chosen)])
        variants = pa.StructArray.from_arrays(
            [
                labels(VARIANTS, places),
                decimals(np.array(shares), SHARE),
                pa.array(places == 0),
            ],
            fields=list(VARIANT),
        )
        names = [one.name for one in chosen]
        # A mistaken row is a draft.
        drafts = np.where(plan.content == WRONG, " (draft)", "").tolist()
        return [
            pa.array(names),
            pa.array([name + draft for name, draft in zip(names, drafts, strict=True)]),
            pa.array([one.metric for one in chosen]),
            pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), variants),
            moments(np.full(len(chosen), start)),
            pa.nulls(len(chosen), MOMENT),
        ]

    write(bench, EXPERIMENTS, written, columns)
    leaky = np.array([n for n, one in enumerate(TRIALS) if one.lost])
    bench.labels.append(
        labels_of(
            "sample_ratio_mismatch",
            leaky,
            leaky,
            written[leaky],
            customer_id=pa.nulls(len(leaky), pa.string()),
            item_type="experiment",
            item_id=labels([one.name for one in TRIALS], leaky),
        )
    )


SOURCE = Source("experiments", (EXPERIMENTS, ASSIGNMENTS), on_customers=experiment)

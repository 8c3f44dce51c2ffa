"""The truth: what must hold of it, whatever is simulated and however it is loaded."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from orchestration.simulator import Simulation, SimulationConfig, simulate
from orchestration.simulator.contract import FEEDS
from orchestration.simulator.truth import Load

FIRST = datetime(2026, 1, 6, 2)


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    config = SimulationConfig(
        seed=5, days=8, bets_per_day=600, customers=500,
        sources=frozenset({"geolocation"}),
    )  # fmt: skip
    return simulate(config, tmp_path_factory.mktemp("truth"))


def current(figures: pa.Table) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Latest state of each group that is not all zero."""
    state = {}
    for row in figures.to_pylist():
        values = tuple(row.values())
        state[values[:4]] = values[5:]
    return {group: figures for group, figures in state.items() if any(figures)}


def in_order(simulation: Simulation) -> list[Load]:
    return [
        (delivery.delivered_at, delivery.files) for delivery in simulation.deliveries
    ]


def test_handle_is_open_plus_settled(dirty: Simulation) -> None:
    for row in dirty.truth.figures(in_order(dirty)).to_pylist():
        for part in ("", "bonus_"):
            stake = row[f"{part}open_stake_amount"]
            settled = row[f"{part}settled_stake_amount"]
            assert row[f"{part}handle_amount"] == stake + settled
            assert row[f"{part}ggr_amount"] == settled - row[f"{part}payout_amount"]


def test_both_bases_have_the_same_totals(dirty: Simulation) -> None:
    totals: dict[str, list[Any]] = {}
    for (*_, basis), figures in current(dirty.truth.figures(in_order(dirty))).items():
        sums = totals.setdefault(basis, [0] * len(figures))
        totals[basis] = [a + b for a, b in zip(sums, figures, strict=True)]
    assert totals["placed"] == totals["settled"]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_arrival_makes_no_difference_in_the_end(
    dirty: Simulation, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    paths = [path for delivery in dirty.deliveries for path in delivery.files]
    parts = np.array_split(rng.permutation(len(paths)), rng.integers(1, 9))
    loads: list[Load] = [
        (FIRST + timedelta(hours=number), [paths[index] for index in part])
        for number, part in enumerate(parts)
    ]
    expected = current(dirty.truth.figures(in_order(dirty)))
    assert current(dirty.truth.figures(loads)) == expected


def test_every_row_is_loaded_repeated_or_refused(dirty: Simulation) -> None:
    accounts = dirty.truth.accounting(in_order(dirty))
    assert len(accounts) == len(dirty.files)
    assert {file.table for file in dirty.files} >= {feed.table for feed in FEEDS}
    for account in accounts:
        assert account.rows_in == (
            account.rows_loaded + account.rows_duplicate + account.rows_quarantined
        )

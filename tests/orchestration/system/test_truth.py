"""The warehouse against an all-knowing accountant, on every kind of dirt."""

import os
import random
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from operator_under_test import Warehouse, beyond, simulated

from orchestration.simulator.config import CORE, FEED_RATES, KINDS

SEEDS = tuple(map(int, os.environ.get("TRUTH_SEEDS", "7,23").split(",")))
"""The last one with all source systems; `TRUTH_SEEDS=7,11,23 make pytest` for more."""

POINTS = 300
FIGURES = (
    "bet_count",
    "handle_amount",
    "open_stake_amount",
    "settled_stake_amount",
    "payout_amount",
    "ggr_amount",
    "bonus_handle_amount",
    "bonus_open_stake_amount",
    "bonus_settled_stake_amount",
    "bonus_payout_amount",
    "bonus_ggr_amount",
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_the_accountants_at_every_moment(
    tmp_path: Path, seed: int
) -> None:
    # Once with all source systems, whose plots place bets of their own.
    sources = None if seed == SEEDS[-1] else CORE
    simulation = simulated(tmp_path / "outbox", seed, sources=sources)
    beyond_core = set(FEED_RATES) if sources == CORE else set()
    assert set(KINDS) - beyond_core == set(simulation.counts)
    warehouse = Warehouse(tmp_path / "home", beyond(sources))
    for number, delivery in enumerate(simulation.deliveries):
        warehouse.take_in(simulation, delivery)
        # What is known does not depend on when builds ran.
        if number % 3 == 1 and (number == 1 or sources == CORE):
            warehouse.build()
    warehouse.build(all_tests=True)

    accounted = warehouse.rows(
        """
        select file_path, rows_in, rows_loaded, rows_duplicate, rows_quarantined,
            refusal_reason
        from platform.rpt_load_accounting order by all
        """
    )
    expected = sorted(
        (
            a.path,
            a.rows_in,
            a.rows_loaded,
            a.rows_duplicate,
            a.rows_quarantined,
            a.refused,
        )
        for a in simulation.truth.accounting(warehouse.loads)
    )
    assert accounted == expected

    truth = simulation.truth.figures(warehouse.loads)
    stated = _histories(zip(*(truth[c].to_pylist() for c in _COLUMNS), strict=True))
    published = _histories(
        warehouse.rows(
            f"select {', '.join(_COLUMNS)} from finance.rpt_daily_revenue_versions"
        )
    )
    pick = random.Random(seed)  # noqa: S311 - a sample, no secret
    moments = [known_at for known_at, _ in warehouse.loads]
    days = sorted({(day, basis) for day, _, _, basis in stated | published})
    asked = {(*pick.choice(days), pick.choice(moments)) for _ in range(POINTS * 3)}
    places = sorted({(j, c) for _, j, c, _ in stated | published})
    wrong = [
        (day, basis, place, moment)
        for day, basis, moment in sorted(asked)[:POINTS]
        for place in places
        if _known_at(published, (day, *place, basis), moment)
        != _known_at(stated, (day, *place, basis), moment)
    ]
    assert wrong == []


_COLUMNS = (
    "gaming_date",
    "jurisdiction",
    "currency_code",
    "basis",
    "known_from",
    *FIGURES,
)


Key = tuple[Any, ...]
Histories = dict[Key, list[tuple[Any, ...]]]


def _histories(rows: Iterable[tuple[Any, ...]]) -> Histories:
    histories: Histories = {}
    for row in rows:
        histories.setdefault(row[:4], []).append(row[4:])
    return {key: sorted(history) for key, history in histories.items()}


def _known_at(histories: Histories, key: Key, moment: datetime) -> list[Any] | None:
    """The figures of a key at a moment; None while all are zero."""
    known = [figures for since, *figures in histories.get(key, []) if since <= moment]
    return known[-1] if known and any(known[-1]) else None

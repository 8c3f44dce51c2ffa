"""The order and grouping of files, repetition and refreshes make no difference."""

import os
import random
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from operator_under_test import Warehouse, beyond, differences, simulated

from orchestration.serving.publish import publish
from orchestration.simulator import Simulation
from orchestration.simulator.config import CORE
from tests.serving import published

OF_THE_RUN = ("dbt_scd_id", "checked_at")
"""Columns that say when dbt ran, not what is known."""


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    outbox = tmp_path_factory.mktemp("outbox")
    return simulated(outbox, seed=31, days=4, bets_per_day=600)


@pytest.fixture(scope="module")
def in_order(
    simulation: Simulation, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """Current figures when every delivery is loaded as it came."""
    warehouse = Warehouse(tmp_path_factory.mktemp("in_order"), beyond(CORE))
    for delivery in simulation.deliveries:
        warehouse.take_in(simulation, delivery)
    warehouse.build(all_tests=True)
    return warehouse


@pytest.mark.slow
@settings(
    max_examples=int(os.environ.get("ORDERS", "2")),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # an example takes too long to shrink
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, 2**32), st.integers(1, 6), st.booleans())
def test_files_in_any_order_and_any_loads_give_the_same_figures(
    simulation: Simulation,
    in_order: Warehouse,
    shuffle: int,
    loads: int,
    builds_between: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    files = [file for delivery in simulation.deliveries for file in delivery.files]
    pick = random.Random(shuffle)  # noqa: S311 - an order, no secret
    pick.shuffle(files)
    cuts = sorted(pick.sample(range(1, len(files)), loads - 1))
    with TemporaryDirectory() as home:
        warehouse = Warehouse(Path(home), beyond(CORE))
        moment = simulation.deliveries[-1].delivered_at
        for start, end in zip([0, *cuts], [*cuts, len(files)], strict=True):
            warehouse.deliver(simulation.into, files[start:end])
            moment += timedelta(hours=1)
            warehouse.load(moment)
            if builds_between:
                warehouse.build()
        warehouse.build(all_tests=True)
        found = warehouse.current_figures()
    assert differences(found, in_order.current_figures()) == []


@pytest.mark.slow
def test_loading_and_building_again_changes_nothing(in_order: Warehouse) -> None:
    before = in_order.relations()
    assert in_order.load().load_id is None
    in_order.build()
    assert differences(in_order.relations(), before) == []


@pytest.mark.slow
def test_the_same_files_under_other_names_change_no_figure(
    simulation: Simulation, in_order: Warehouse, tmp_path: Path
) -> None:
    warehouse = Warehouse(tmp_path / "home", beyond(CORE))
    files = [file for delivery in simulation.deliveries for file in delivery.files]
    warehouse.deliver(simulation.into, files)
    warehouse.load()
    for file in files:
        again = warehouse.settings.landing / file.with_stem(f"{file.stem}-again")
        again.write_bytes((simulation.into / file).read_bytes())
    report = warehouse.load()
    assert len(report.files) == len(files)
    assert report.total("rows_loaded") == 0
    warehouse.build()
    assert differences(warehouse.current_figures(), in_order.current_figures()) == []


@pytest.mark.slow
def test_incremental_equals_full_refresh_row_for_row(tmp_path: Path) -> None:
    simulation = simulated(
        tmp_path / "outbox", seed=32, days=2, bets_per_day=600, sources=None
    )
    warehouse = Warehouse(tmp_path / "home")
    for delivery in simulation.deliveries:
        warehouse.take_in(simulation, delivery)
        warehouse.build()
        publish(warehouse.settings)
    # Each publication went on from the one before, and is as if written anew.
    assert published.differences(warehouse.settings) == []
    incremental = warehouse.relations(without=OF_THE_RUN)
    warehouse.build(full_refresh=True, all_tests=True)
    publish(warehouse.settings)
    assert published.differences(warehouse.settings) == []
    refreshed = warehouse.relations(without=OF_THE_RUN)
    assert differences(incremental, refreshed) == []

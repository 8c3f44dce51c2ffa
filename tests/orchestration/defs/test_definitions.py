"""What is defined, and that defining it needs nothing but the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.defs.project import MANIFEST, WAREHOUSE_POOL
from orchestration.settings import PROJECT_DIR

LOADS_WITHOUT_CONNECTING = """
import duckdb, socket
duckdb.connect = socket.socket.connect = None
import dagster as dg
from orchestration.definitions import defs
dg.Definitions.validate_loadable(defs())
"""


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return defs()


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {s.key.to_user_string(): s for s in definitions.resolve_all_asset_specs()}


@pytest.mark.slow
def test_a_fresh_clone_loads_without_connecting(tmp_path: Path) -> None:
    outside = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DBT_", "DAGSTER_", "WAREHOUSE_"))
    }
    subprocess.run(
        [sys.executable, "-c", LOADS_WITHOUT_CONNECTING],
        env=outside | {"WAREHOUSE_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT_DIR)},
        cwd=tmp_path,
        check=True,
    )
    assert {path.name for path in tmp_path.iterdir()} <= {"dbt", "logs"}


def test_every_node_of_the_project_is_an_asset(specs: dict[str, dg.AssetSpec]) -> None:
    made = ("model", "seed", "snapshot")
    nodes = [n for n in MANIFEST["nodes"].values() if n["resource_type"] in made]
    expected = {f"{n['config']['schema']}/{n['name']}" for n in nodes}
    expected |= {
        f"{s['schema']}/{s['identifier']}" for s in MANIFEST["sources"].values()
    }
    others = ("landing/", "serving/")
    assert {key for key in specs if not key.startswith(others)} == expected


def test_every_file_that_is_published_is_an_asset(
    specs: dict[str, dg.AssetSpec],
) -> None:
    files = {key: spec for key, spec in specs.items() if key.startswith("serving/")}
    assert "serving/finance" in files
    assert "serving/privacy_office" not in files
    deps = {
        dep.asset_key.to_user_string() for dep in files["serving/regulator_gb"].deps
    }
    assert "finance/rpt_daily_revenue_versions" in deps
    assert "finance/fct_open_bets" not in deps


def test_lineage_is_whole_from_landing_to_marts(
    specs: dict[str, dg.AssetSpec],
) -> None:
    assert all(
        dep.asset_key.to_user_string() in specs
        for spec in specs.values()
        for dep in spec.deps
    )
    without_source = {
        key
        for key, spec in specs.items()
        if not spec.deps and spec.group_name not in {"landing", "filings", "reference"}
    }
    assert without_source <= {"core/dim_dates"}  # made of nothing but the calendar


def test_every_dbt_test_of_a_model_is_an_asset_check(
    definitions: dg.Definitions,
) -> None:
    tests = {
        node["name"]
        for node in MANIFEST["nodes"].values()
        if node["resource_type"] == "test" and node["depends_on"]["nodes"]
    }
    checks = definitions.resolve_asset_graph().asset_check_keys
    assert {check.name for check in checks} == tests | {"audit"}
    assert tests


def test_whatever_writes_shares_one_pool(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("load_and_build")
    steps = {node.name: node.definition.pools for node in job.nodes}
    one_pool = {WAREHOUSE_POOL}
    assert steps == {"load": one_pool, "dbt_build": one_pool, "publish": one_pool}


def test_the_daily_run_tests_all_of_history(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("daily_build_schedule")
    assert schedule.cron_schedule == "30 5 * * *"
    job = definitions.resolve_job_def("daily_build")
    assert job.run_config == {
        "ops": {
            "dbt_build": {"config": {"all_tests": True}},
            "publish": {"config": {"full": True}},
        }
    }
    assert {node.name for node in job.nodes} == {"dbt_build", "publish"}


def test_the_instance_runs_one_writer_and_tells_nobody(tmp_path: Path) -> None:
    shutil.copy(PROJECT_DIR / "dagster.yaml", tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        pools = instance.get_concurrency_config().pool_config
        assert pools.default_pool_limit == 1
        assert pools.pool_granularity is not None
        assert pools.pool_granularity.value == "run"
        assert not instance.telemetry_enabled
        assert instance.run_monitoring_enabled

"""One warehouse that holds canaries, for all tests of this folder, and copies of it."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

# These tests share modules of helpers that lie beside them.
sys.path.append(str(Path(__file__).parent))

from canaries import Canaries, plant
from erased import FORMS

from orchestration.cli.app import app
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.ingest.contract import contracts_of
from orchestration.privacy.subjects import Contracts
from orchestration.settings import Settings
from orchestration.simulator import Dirt, SimulationConfig, simulate
from orchestration.transform import dbt

RUN = CliRunner()
EXPORTED = ("risk.fct_log_ins", "--audience", "risk")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("warehouse") / "home"


@pytest.fixture(scope="session")
def contracts(folder: Path) -> Contracts:
    return contracts_of(dbt.manifest(Settings(folder)))


@pytest.fixture(scope="session")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outbox")
    config = SimulationConfig(
        seed=9, days=2, bets_per_day=300, customers=150, dirt=Dirt.all()
    )
    simulate(config, folder, truth=False)
    return folder


@pytest.fixture(scope="session")
def told() -> list[str]:
    """What commands printed."""
    return []


@pytest.fixture(scope="session")
def planted(outbox: Path, contracts: Contracts) -> Canaries:
    return plant(outbox, contracts)


@pytest.fixture(scope="session")
def home(
    outbox: Path, planted: Canaries, told: list[str], folder: Path
) -> Iterator[Path]:
    """Loaded by Dagster, built, with a test that failed and kept its rows."""
    assert planted.all
    shutil.copytree(outbox, folder / "landing")
    settings = Settings(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_HOME", str(folder))
        from orchestration.defs.ingest.raw import raw_relations  # noqa: PLC0415

        (folder / "dagster").mkdir()
        with dg.DagsterInstance.local_temp(str(folder / "dagster")) as instance:
            assert dg.materialize([raw_relations], instance=instance).success
        for command in (
            ["build"],
            ["publish"],
            ["publish", "--full"],
            *(["export", *EXPORTED, "--format", form] for form in FORMS),
            ["status", "--marts"],
            ["status", "--format", "json"],
            ["audit", "list"],
        ):
            result = RUN.invoke(app, command)
            assert result.exit_code == 0, result.exception
            told.append(result.output)
        nobody = ["subject-report", "nobody", "--request", "1", "--out", "/nowhere/x"]
        told.append(str(RUN.invoke(app, nobody).exception))
        _fail_a_test(settings, told)
        dbt.run(settings, ["docs", "generate"])
    yield folder
    shutil.rmtree(folder)


def _fail_a_test(settings: Settings, told: list[str]) -> None:
    """Let tests find rows said twice, keep what they found, and put it right."""
    doubled = "raw.customers__customer_profiles"
    with open_warehouse(settings) as connection:
        connection.execute(f"create temp table before as from {doubled}")
        connection.execute(f"create table raw.kept_aside as from {doubled}")
        connection.execute(f"insert into {doubled} from raw.kept_aside")
    tests = ["test", "--select", "stg_customers__profiles"]
    with pytest.raises(WarehouseError) as failed:
        dbt.run(settings, [*tests, "--store-failures"])
    told.append(failed.value.message)
    with open_warehouse(settings) as connection:
        connection.execute(f"truncate {doubled}")
        connection.execute(f"insert into {doubled} from raw.kept_aside")
        connection.execute("drop table raw.kept_aside")
        connection.execute("checkpoint")
    # Nothing is published while a test's last run failed.
    dbt.run(settings, tests)


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Settings:
    """A copy of the warehouse to erase from."""
    compiled = shutil.ignore_patterns(
        "compiled", "run", "*.log", "*.msgpack", "*.gpickle", "dagster"
    )
    to = tmp_path / "home"
    return Settings(shutil.copytree(home, to, symlinks=True, ignore=compiled))

"""The daily job that lets go of what is old."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration.database import open_warehouse
from orchestration.defs.transform.retention import retention
from orchestration.settings import Settings


@pytest.mark.parametrize("there", ["warehouse.duckdb", None])
def test_on_a_warehouse_without_rows_nothing_goes(
    there: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(tmp_path)
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path))
    if there:
        with open_warehouse(settings):
            pass
    with dg.DagsterInstance.ephemeral() as instance:
        assert retention.execute_in_process(instance=instance).success
    assert not (tmp_path / "audit" / "trail.jsonl").exists()
    assert settings.database.exists() == bool(there)


def test_where_it_is_not_built_it_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path))
    monkeypatch.setenv("WAREHOUSE_TARGET", "redshift")
    with dg.DagsterInstance.ephemeral() as instance:
        assert retention.execute_in_process(instance=instance).success
    assert not (tmp_path / "warehouse.duckdb").exists()

"""Whole runs in this process, on a warehouse of their own."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from orchestration.database import open_warehouse
from orchestration.definitions import defs
from orchestration.defs.ingest.landing import CONTRACTS
from orchestration.ingest.load import load
from orchestration.serving.publication import AuditError
from orchestration.serving.publish import publish
from orchestration.serving.shelf import Shelf
from orchestration.settings import Settings
from tests.orchestration import story

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_HOME", str(tmp_path_factory.mktemp("home")))
        yield Settings.from_environment()


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def run(
    instance: dg.DagsterInstance, job: str = "load_and_build", **options: Any
) -> dg.ExecuteInProcessResult:
    return (
        defs()
        .resolve_job_def(job)
        .execute_in_process(instance=instance, raise_on_error=False, **options)
    )


def query(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def change(settings: Settings, sql: str) -> None:
    with open_warehouse(settings) as connection:
        connection.execute(sql)


def materialized(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    return {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }


@pytest.fixture(scope="module")
def first_run(
    settings: Settings, instance: dg.DagsterInstance
) -> dg.ExecuteInProcessResult:
    landing = settings.landing
    bets = [story.bet("bet-1"), story.bet("bet-2"), story.bet("bet-3", channel="fax")]
    story.land(landing, "betting/bets_placed", "a", bets)
    story.land(landing, "betting/bet_settlements", "a", [story.settlement("bet-1")])
    profiles = [story.profile("customer-1")]
    story.land(landing, "customers/customer_profiles", "a", profiles)
    return run(instance)


def test_files_that_land_become_marts(
    settings: Settings, first_run: dg.ExecuteInProcessResult
) -> None:
    assert first_run.success
    assets = materialized(first_run)
    assert "finance/rpt_daily_revenue_versions" in assets
    assert "snapshots/snap_betting__settlements" in assets
    counts = ("files", "rows_in", "rows_loaded", "rows_duplicate", "rows_quarantined")
    of_bets = assets["raw/betting__bets_placed"]
    assert [of_bets[count].value for count in counts] == [1, 3, 2, 0, 1]
    of_all = assets["raw/loads"]
    assert [of_all[count].value for count in counts] == [3, 5, 4, 0, 1]
    revenue = (
        "select handle_amount, ggr_amount from finance.rpt_daily_revenue_versions "
        "where basis = 'settled' and version = 1"
    )
    assert query(settings, revenue) == [(Decimal("20.00"), Decimal("10.00"))]
    checks = first_run.get_asset_check_evaluations()
    assert checks
    assert all(check.passed for check in checks)
    assert "audit" in {check.check_name for check in checks}
    assert assets["serving/finance"]["version"].value == 1
    assert Shelf(settings.serving).current() == 1


@pytest.mark.usefixtures("first_run")
def test_nothing_new_is_nothing_done(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    loads = query(settings, "from raw.loads")
    result = run(instance)
    assert result.success
    assert materialized(result) == {}
    assert [event.step_key for event in result.all_events if event.is_step_skipped] == [
        "dbt_build",
        "publish",
    ]
    assert query(settings, "from raw.loads") == loads


@pytest.mark.usefixtures("first_run")
def test_no_version_known_between_two_builds_is_skipped(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """Two loads without a build between them correct the same settlement."""
    for number, payout in enumerate(("1.00", "2.00"), 1):
        corrected = story.settlement(
            "bet-1",
            payout_amount=Decimal(payout),
            recorded_at=story.MONDAY + timedelta(hours=number),
        )
        story.land(
            settings.landing, "betting/bet_settlements", f"b{number}", [corrected]
        )
        if number == 1:
            with open_warehouse(settings) as connection:
                load(connection, CONTRACTS, settings.landing)
    assert run(instance).success
    versions = query(
        settings,
        "select payout_amount from snapshots.snap_betting__settlements "
        "where bet_id = 'bet-1' order by known_from",
    )
    assert versions == [(Decimal("0.00"),), (Decimal("1.00"),), (Decimal("2.00"),)]
    assert run(instance).get_asset_materialization_events() == []


@pytest.mark.usefixtures("first_run")
def test_a_failing_dbt_test_is_a_failed_check(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    relation = "raw.betting__bets_placed"
    first_bet = "where bet_id = 'bet-1'"
    change(settings, f"create table spare as from {relation} {first_bet}")
    change(settings, f"insert into {relation} from spare")
    bets = dg.AssetKey(["staging", "stg_betting__bets"])
    result = run(instance, "daily_build", asset_selection=[bets])
    change(settings, f"delete from {relation} {first_bet}")
    change(settings, f"insert into {relation} from spare")
    assert not result.success
    failed = [c for c in result.get_asset_check_evaluations() if not c.passed]
    assert [check.asset_key for check in failed] == [bets] * len(failed)
    assert "bet_revisions_are_stated_once" in {check.check_name for check in failed}
    with open_warehouse(settings, read_only=True) as connection:
        marts = connection.execute(
            "select mart_name from raw.failures where passed_at is null "
            "and split_part(node_id, '.', 3) = 'bet_revisions_are_stated_once'"
        ).fetchall()
    assert ("rpt_daily_revenue_versions",) in marts, "made of what is wrong"
    [failure] = result.get_step_failure_events()
    assert failure.step_key == "dbt_build"
    retried = [e for e in result.all_events if e.is_step_up_for_retry]
    assert retried == []
    # It stands against publishing, whoever ran dbt, until it holds again.
    with pytest.raises(AuditError, match="bet_revisions_are_stated_once"):
        publish(settings)
    assert run(instance, "daily_build", asset_selection=[bets]).success
    assert query(settings, "from raw.failures where passed_at is null") == []
    assert Shelf(settings.serving).current() is not None

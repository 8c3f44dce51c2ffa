"""`make bench-serving` in its smallest setting; proof that its readers are awake."""

import duckdb
import pytest

from orchestration.access.rights import Policy
from orchestration.serving.publish import publish
from orchestration.settings import Settings
from tests.serving import race
from tests.serving.stand_in import StandIn


@pytest.mark.slow
@pytest.mark.usefixtures("policy")
def test_readers_see_one_version_whole_under_publishes_and_rollbacks(
    settings: Settings,
) -> None:
    found = race.race(settings, readers=3, publishes=12, rollbacks=3)
    assert found.seen.errors == []
    assert found.seen.mixed == []
    assert found.seen.answers > 100
    assert len(found.seen.versions) > 5
    assert max(found.rollback_seconds) < 1


def test_a_file_that_is_half_of_another_version_is_found(
    warehouse: StandIn, policy: Policy
) -> None:
    assert policy.audiences
    settings = warehouse.settings
    warehouse.advance()
    publish(settings)
    seen = race.Seen()
    race.look(settings.serving, "risk", seen, pause=0)
    assert (seen.errors, seen.mixed) == ([], [])
    with duckdb.connect(str(settings.serving / "risk" / "1.duckdb")) as connection:
        connection.execute(
            "update risk.rpt_open_liability set worst_case_loss_amount=9"
        )
    race.look(settings.serving, "risk", seen, pause=0)
    assert any("rpt_open_liability" in line for line in seen.mixed)
    with duckdb.connect(str(settings.serving / "risk" / "1.duckdb")) as connection:
        connection.execute("update publication set version = 7")
    race.look(settings.serving, "finance", seen, pause=0)
    assert any("two audiences" in line for line in seen.mixed)

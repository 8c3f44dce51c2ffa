"""Killed at any instant, a publication leaves the old version or the new one."""

import multiprocessing
import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from orchestration.access.rights import Policy
from orchestration.serving.publication import Options
from orchestration.serving.publish import publish
from orchestration.serving.shelf import Shelf
from orchestration.settings import Settings
from tests.serving import dying, race
from tests.serving.published import differences
from tests.serving.stand_in import StandIn

KILLS = int(os.environ.get("KILLS", "12"))
"""How many publications to kill; `KILLS=150` takes every step there is."""


def killed(target: Callable[..., None], *arguments: Any) -> bool:
    """Run to its end in a process of its own; whether it was killed on the way."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.serving.dying"])
    process = context.Process(target=target, args=arguments)
    process.start()
    process.join()
    assert process.exitcode is not None
    assert process.exitcode <= 0
    return process.exitcode < 0


def whole(settings: Settings, versions: set[int]) -> None:
    """Every audience has the same version, one of these, and all of it."""
    for audience in race.ASKED:
        seen = race.Seen()
        for _ in range(2):
            race.look(settings.serving, audience, seen, pause=0)
        assert seen.mixed == []
        assert seen.versions <= versions
        assert len(seen.versions) == 1


@pytest.mark.slow
def test_a_kill_leaves_the_old_version_or_the_new_one(
    warehouse: StandIn, policy: Policy
) -> None:
    settings = warehouse.settings
    for _ in range(3):
        warehouse.advance()
        publish(settings)
    pick = random.Random(6)  # noqa: S311 - moments, no secret
    steps = iter(
        sorted(pick.sample(range(80), KILLS // 2)) if KILLS < 80 else range(80)
    )
    kills = {"step": 0, "timer": 0}
    for number in range(KILLS):
        by = ("step", "timer")[number % 2]
        step = next(steps, None) if by == "step" else None
        seconds = pick.uniform(0.02, 0.9) if by == "timer" else None
        before = Shelf(settings.serving).current() or 0
        warehouse.advance()
        if killed(dying.publish_and_die, settings, policy, step, seconds):
            kills[by] += 1
        whole(settings, {before, before + 1})
    assert kills["step"] >= KILLS // 4
    assert kills["timer"] >= 1
    warehouse.advance()
    publish(settings)
    assert differences(settings) == []
    kept = {f"{version}.duckdb" for version in Shelf(settings.serving).versions()}
    assert len(kept) == settings.kept_publications
    for audience in policy.audiences:
        there = {file.name for file in (settings.serving / audience).iterdir()}
        assert there == kept | {"current.duckdb"}


def test_a_rollback_that_is_killed_leaves_one_version(warehouse: StandIn) -> None:
    settings = warehouse.settings
    for _ in range(2):
        warehouse.advance()
        publish(settings)
    step = 0
    while killed(dying.roll_back_and_die, settings, step):
        whole(settings, {1, 2})
        step += 1
    assert step > 5
    whole(settings, {1})
    assert publish(settings, Options(resume=True)).is_new
    assert differences(settings) == []

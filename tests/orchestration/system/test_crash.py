"""Killed at any instant and run again: the same as never interrupted."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from operator_under_test import Warehouse, beyond, differences, simulated

from orchestration.simulator.config import CORE

CRASHES = int(os.environ.get("CRASHES", "4"))
"""How often to kill; `CRASHES=30 make pytest` shows more."""


def _run(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from orchestration.cli import main; main()",
            *arguments,
        ],
        env=os.environ | {"WAREHOUSE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    simulation = simulated(tmp_path / "outbox", seed=41, days=2, bets_per_day=4000)
    undisturbed = Warehouse(tmp_path / "undisturbed", beyond(CORE))
    killed = Warehouse(tmp_path / "killed", beyond(CORE))
    pick = random.Random(41)  # noqa: S311 - moments, no secret
    kills = 0
    seconds = {"load": 4.0, "build": 10.0}
    for number, delivery in enumerate(simulation.deliveries):
        moment = delivery.delivered_at.isoformat()
        undisturbed.take_in(simulation, delivery)
        undisturbed.build()
        killed.deliver(simulation.into, delivery.files)
        share = CRASHES * (number + 1) // len(simulation.deliveries)
        while kills < share:
            command = ("load", "build")[kills % 2]
            options = {
                "load": ["--known-at", moment],
                "build": [f"--exclude={selection}" for selection in beyond(CORE)],
            }
            process = _run(killed.home, command, *options[command])
            started = time.monotonic()
            try:
                process.wait(pick.uniform(0.3, seconds[command]))
                seconds[command] = time.monotonic() - started
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
            kills += 1
        if killed.last_known_at() != delivery.delivered_at:
            killed.load(delivery.delivered_at)
    undisturbed.build(all_tests=True)
    killed.build(all_tests=True)
    without = ("dbt_scd_id",)
    found = differences(
        killed.relations(without=without), undisturbed.relations(without=without)
    )
    assert found == []
    assert kills == CRASHES

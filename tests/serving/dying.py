"""A publication that dies: at a step that touches the disk, or after a time."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orchestration.access.rights import Policy
from orchestration.serving.publication import Options
from orchestration.serving.publish import publish
from orchestration.serving.rollback import roll_back
from orchestration.settings import Settings

STEPS = [
    (Path, "replace"),
    (Path, "symlink_to"),
    (Path, "unlink"),
    (Path, "mkdir"),
    (Path, "write_text"),
    (Path, "chmod"),
    (os, "fsync"),
    (shutil, "rmtree"),
]
"""Whatever changes what lies in the serving folder, but for DuckDB itself."""


def publish_and_die(
    settings: Settings, policy: Policy, step: int | None, seconds: float | None
) -> None:
    """Publish, and be killed before a step, or by a timer wherever that finds it.

    Args:
        settings: Which warehouse.
        policy: Whom for.
        step: Number of the step, from 0; none is left when there are fewer.
        seconds: Or: time until it is killed.
    """
    setattr(Policy, "of_checkout", classmethod(lambda cls: policy))  # noqa: B010
    if seconds is not None:
        # Its default action ends the process as it is, in the midst of anything.
        signal.setitimer(signal.ITIMER_REAL, seconds)
    if step is not None:
        _die_at(step)
    publish(settings, Options(resume=True))


def roll_back_and_die(settings: Settings, step: int) -> None:
    """Roll back, and be killed before a step."""
    _die_at(step)
    roll_back(settings, "a drill", to=1)


def _die_at(step: int) -> None:
    count = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1
            return original(*arguments, **options)

        return call

    for owner, name in STEPS:
        setattr(owner, name, counted(getattr(owner, name)))

"""Which code made a figure."""

import subprocess
from functools import cache
from importlib.metadata import version

from orchestration.settings import PROJECT_DIR


@cache
def code_revision() -> str:
    """What git calls the checkout, with `-dirty` if it was changed, or the version."""
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607
            cwd=PROJECT_DIR,
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return f"version {version('betting-warehouse')}"
    return described.stdout.strip()[:64]

"""What all definitions share: dbt's manifest, the writers' pool and their retries.

Importing this connects to nothing. On a fresh clone, or when a model has changed, it
has dbt parse the project first, which takes some seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster_dbt import DbtProject
from dagster_dbt.errors import DagsterDbtError

from orchestration.defs.transform.translator import with_tests_attached
from orchestration.errors import WarehouseBusyError, WarehouseError
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.transform import dbt

SETTINGS = Settings.from_environment()
MANIFEST = with_tests_attached(dbt.manifest(SETTINGS))
PROJECT = DbtProject(
    PROJECT_DIR,
    target_path=SETTINGS.target_path,
    profiles_dir=PROJECT_DIR / "profiles",
    target=SETTINGS.target,
)

WAREHOUSE_POOL = "warehouse"
"""Whatever writes the warehouse file; `dagster.yaml` lets one run in at a time."""

RETRIES = dg.RetryPolicy(
    max_retries=3,
    delay=15,  # seconds, then 30 and 60: longer than most loads and builds
    backoff=dg.Backoff.EXPONENTIAL,
)
"""For a warehouse that is held by somebody's command line, and for the unforeseen."""


def may_pass(error: Exception) -> bool:
    """Whether the same step may succeed a little later.

    A model or test that failed, or data that was refused, stays as it is; a warehouse
    that another process holds is let go of.
    """
    if isinstance(error, DagsterDbtError):
        return "Could not set lock on file" in str(error)
    return isinstance(error, WarehouseBusyError) or not isinstance(
        error, WarehouseError
    )


@contextmanager
def failures_told_apart() -> Iterator[None]:
    """Let the retry policy see only errors that may pass.

    Raises:
        dagster.Failure: The error of the block stays; it is not retried.
    """
    try:
        yield
    except (WarehouseError, DagsterDbtError) as error:
        if may_pass(error):
            raise
        raise dg.Failure(_in_words(error), allow_retries=False) from error


def _in_words(error: Exception) -> str:
    if isinstance(error, WarehouseError):
        return f"{error.message} {error.remedy}".strip()
    return "A model or a test failed: the cause below and the asset checks name it."

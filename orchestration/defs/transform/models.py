"""Seeds, models and snapshots as assets, their tests as asset checks."""

import os
from collections.abc import Iterator, Set
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from orchestration.database import only_writer
from orchestration.defs.project import (
    MANIFEST,
    PROJECT,
    RETRIES,
    WAREHOUSE_POOL,
    failures_told_apart,
)
from orchestration.defs.transform.translator import Translator
from orchestration.settings import Settings
from orchestration.transform.build import (
    build_arguments,
    finish_window,
    record_build,
    step_windows,
)
from orchestration.transform.dbt import environment


class Build(dg.Config):
    """Options of a build.

    Attributes:
        full_refresh: Build incremental models anew from raw.
        all_tests: Also run the tests that read all of history.
    """

    full_refresh: bool = False
    all_tests: bool = False


@dbt_assets(
    name="dbt_build",
    manifest=MANIFEST,
    project=PROJECT,
    dagster_dbt_translator=Translator(),
    pool=WAREHOUSE_POOL,
    retry_policy=RETRIES,
)
def dbt_models(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, config: Build
) -> Iterator[Any]:
    """Build what is selected; all of it takes in every load that waits."""
    settings = Settings.from_environment()
    with failures_told_apart(), only_writer(settings):
        takes_loads_in = holds_snapshots(
            context.selected_asset_keys, context.assets_def.keys
        )
        if takes_loads_in:
            step_windows(settings, context.log.info)
        os.environ.update(environment(settings))
        yield from dbt.cli(
            build_arguments(
                full_refresh=config.full_refresh, all_tests=config.all_tests
            ),
            context=context,
            # One folder for all runs: by default each would leave a manifest behind.
            target_path=settings.target_path / "dagster",
        ).stream()
        if takes_loads_in:
            finish_window(settings)
    record_build(settings, full_refresh=config.full_refresh, all_tests=config.all_tests)


def holds_snapshots(selected: Set[dg.AssetKey], assets: Set[dg.AssetKey]) -> bool:
    """Whether all snapshots are selected, so that loads count as taken in.

    Otherwise the snapshot window stays closed: a snapshot that is built alone finds
    nothing new, and the next build of both misses nothing.
    """
    return {key for key in assets if key.path[0] == "snapshots"} <= set(selected)

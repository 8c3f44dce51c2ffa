"""Raw relations: one load brings what is new in landing to all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

import dagster as dg

from orchestration.bookkeeping import unbuilt_loads
from orchestration.database import open_warehouse
from orchestration.defs.ingest.landing import CONTRACTS, landing_key
from orchestration.defs.project import (
    MANIFEST,
    RETRIES,
    WAREHOUSE_POOL,
    failures_told_apart,
)
from orchestration.defs.transform.translator import Translator, asset_key
from orchestration.ingest.landing import load_landed
from orchestration.ingest.load import Contracts, LoadReport
from orchestration.settings import Settings

Feed = tuple[str, str]
"""Source system and table."""


def feeds_by_relation(contracts: Contracts) -> dict[str, Feed]:
    """Which feed fills a raw relation; bookkeeping, which all do, is not in it."""
    return {
        relation.relation: feed
        for feed, contract in contracts.items()
        for relation in (contract, *contract.children.values())
    }


def load_metadata(report: LoadReport, feed: Feed | None) -> dict[str, Any]:
    """What a load brought.

    Args:
        report: The load.
        feed: Only the files of this feed; None for all.
    """
    of_feed = replace(
        report,
        files=[
            outcome
            for outcome in report.files
            if feed in {None, (outcome.file.source, outcome.file.table)}
        ],
    )
    counts = ("rows_in", "rows_loaded", "rows_duplicate", "rows_quarantined")
    return {
        "files": len(of_feed.files),
        **{count: of_feed.total(count) for count in counts},
        **(
            {
                "known_at": dg.MetadataValue.timestamp(
                    report.known_at.replace(tzinfo=UTC)
                )
            }
            if report.known_at
            else {}
        ),
    }


FEEDS = feeds_by_relation(CONTRACTS)


def _spec(source: Mapping[str, Any]) -> dg.AssetSpec:
    feed = FEEDS.get(source["identifier"])
    return dg.AssetSpec(
        asset_key(source),
        deps=[landing_key(*one) for one in ([feed] if feed else CONTRACTS)],
        skippable=True,
        description=source["description"],
        metadata=Translator().get_metadata(source),
        # Vault and raw are filled by one load.
        group_name="raw",
        kinds={"duckdb"},
    )


@dg.multi_asset(
    name="load",
    specs=[
        _spec(source)
        for source in MANIFEST["sources"].values()
        if source["source_name"] != "filings"
    ],
    pool=WAREHOUSE_POOL,
    retry_policy=RETRIES,
)
def raw_relations(
    context: dg.AssetExecutionContext,
) -> Iterator[dg.MaterializeResult[None]]:
    """Load all new files at once.

    Yields nothing, which skips the build behind it, when no file is new and every
    earlier load has been built.
    """
    settings = Settings.from_environment()
    with failures_told_apart(), open_warehouse(settings) as connection:
        report = load_landed(settings, connection)
        unbuilt = unbuilt_loads(connection)
    context.log.info("%d files loaded, %d loads to build", len(report.files), unbuilt)
    if not unbuilt:
        return
    for key in sorted(context.selected_asset_keys):
        yield dg.MaterializeResult(
            asset_key=key, metadata=load_metadata(report, FEEDS.get(key.path[-1]))
        )

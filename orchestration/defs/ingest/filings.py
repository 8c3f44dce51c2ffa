"""Filings: what people freeze by command and Dagster does not make."""

import dagster as dg

from orchestration.defs.project import MANIFEST
from orchestration.defs.transform.translator import asset_key

filings = [
    dg.AssetSpec(
        asset_key(source),
        group_name="filings",
        kinds={"duckdb"},
        description=source["description"],
    )
    for source in MANIFEST["sources"].values()
    if source["source_name"] == "filings"
]

"""The landing zone: what source systems drop and Dagster does not make."""

import dagster as dg

from orchestration.defs.project import MANIFEST
from orchestration.ingest.contract import contracts_of

CONTRACTS = contracts_of(MANIFEST)


def landing_key(source: str, table: str) -> dg.AssetKey:
    """Key of the files of a table."""
    return dg.AssetKey(["landing", source, table])


landing_files = [
    dg.AssetSpec(
        landing_key(source, table),
        group_name="landing",
        kinds={"parquet"},
        description=f"Files of {source}.{table}; the landing sensor counts those that "
        "wait to be loaded.",
    )
    for source, table in CONTRACTS
]

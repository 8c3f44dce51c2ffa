"""Row by row: does every relation hold the same on both engines?"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.redshift.verification.pair import Ask, Pair, Side

OF_THE_RUN = {
    "started_at",  # of a load: the clock
    "modified_ns",  # of a file: S3 has its own
    "filed_at",  # of a filing, likewise
    "checked_at",  # of tests, which are run on one engine
    "dbt_scd_id",  # made of a timestamp's text, which engines print otherwise
}
"""Columns that say when and where something ran, not what is known."""
RUNS = {'"raw"."builds"', '"staging"."stg_ingestion__builds"'}
"""Relations that do."""


@dataclass(frozen=True)
class Parity:
    """What came of a comparison: rows compared by relation, and differences in words.

    Attributes:
        rows: Relation -> number of rows on Redshift.
        different: One line per relation that differs.
    """

    rows: dict[str, int]
    different: list[str]


def compare(pair: Pair) -> Parity:
    """Compare every relation of dbt's manifest, sources included."""
    names = relations(pair.redshift)
    rows: dict[str, int] = {}
    different = []
    ours, theirs = pair.sides
    with ours.reading() as ask_ours, theirs.reading() as ask_theirs:
        columns = [_compared_columns(ask) for ask in (ask_ours, ask_theirs)]
        for relation in names:
            here, there = (found.get(relation, []) for found in columns)
            if here != there:
                odd = ", ".join(sorted(set(here) ^ set(there)))
                different.append(f"{relation}: only one engine has the columns {odd}")
                continue
            query = f"select {', '.join(here)} from {relation}"
            left, right = Counter(ask_ours(query)), Counter(ask_theirs(query))
            rows[relation] = right.total()
            if left != right:
                only = (left - right, right - left)
                examples = [next(iter(side), None) for side in only]
                different.append(
                    f"{relation}: {only[0].total()} rows only on DuckDB,"
                    f" {only[1].total()} only on Redshift, such as {examples}"
                )
    return Parity(rows, different)


def relations(side: Side) -> list[str]:
    """Every relation that dbt knows, as `"schema"."name"`."""
    text = (side.settings.target_path / "manifest.json").read_text()
    manifest: dict[str, Any] = json.loads(text)
    nodes = [
        (node["schema"], node.get("alias") or node.get("identifier"))
        for node in [*manifest["nodes"].values(), *manifest["sources"].values()]
        if node["resource_type"] in {"model", "seed", "snapshot", "source"}
        and node["config"].get("materialized") != "ephemeral"
    ]
    vaults = [
        (schema, name)
        for schema, name in side.rows(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema = 'vault'"
        )
    ]
    return sorted({f'"{schema}"."{name}"' for schema, name in nodes + vaults} - RUNS)


def _compared_columns(ask: Ask) -> dict[str, list[str]]:
    """Relation -> its columns that are compared, quoted and sorted."""
    found: dict[str, list[str]] = {}
    for schema, name, column in ask(
        "select table_schema, table_name, column_name from information_schema.columns"
    ):
        if column not in OF_THE_RUN:
            found.setdefault(f'"{schema}"."{name}"', []).append(f'"{column}"')
    return {relation: sorted(columns) for relation, columns in found.items()}

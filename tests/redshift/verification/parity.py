"""Row by row: does every relation hold the same on both engines?"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.redshift.verification.pair import Pair, Side

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
    rows: dict[str, int] = {}
    different = []
    for relation in relations(pair.redshift):
        ours, theirs = (_contents(side, relation) for side in pair.sides)
        rows[relation] = theirs[1].total()
        if ours[0] != theirs[0]:
            odd = ", ".join(sorted(set(ours[0]) ^ set(theirs[0])))
            different.append(f"{relation}: only one engine has the columns {odd}")
        elif ours[1] != theirs[1]:
            only = (ours[1] - theirs[1], theirs[1] - ours[1])
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


def _contents(
    side: Side, relation: str
) -> tuple[list[str], Counter[tuple[object, ...]]]:
    """Names of the compared columns, sorted, and how often each row is there."""
    schema, name = relation.replace('"', "").split(".")
    columns = [
        column
        for (column,) in side.rows(
            "select column_name from information_schema.columns"
            " where table_schema = ? and table_name = ?",
            [schema, name],
        )
    ]
    compared = sorted(set(columns) - OF_THE_RUN)
    listed = ", ".join(f'"{column}"' for column in compared)
    return compared, Counter(side.rows(f"select {listed} from {relation}"))

"""What Redshift's catalogue must say of the project's relations."""

import json
from typing import Any

from orchestration.ingest.contract import contracts_of
from orchestration.redshift.layout import distribution_key
from orchestration.transform import dbt
from tests.redshift.verification.pair import Side

Design = dict[tuple[str, str], tuple[str, str]]
"""(schema, relation) -> (diststyle, first sort key)."""


def declared(side: Side) -> Design:
    """The layout that models, snapshots and contracts ask for."""
    manifest = dbt.manifest(side.settings)
    design: Design = {}
    for node in manifest["nodes"].values():
        config = node["config"]
        if node["resource_type"] not in {"model", "snapshot"} or "dist" not in config:
            continue
        dist, sort = config["dist"], config["sort"]
        style = "EVEN" if dist == "even" else f"KEY({dist})"
        design[node["schema"], node["name"]] = (style, _first(sort))
    for contract in contracts_of(manifest).values():
        style = f"KEY({distribution_key(contract)})"
        for relation in (contract, *contract.children.values()):
            design["raw", relation.relation] = (style, "known_at")
        if contract.vault_columns:
            design["vault", contract.relation] = (style, "known_at")
    return design


def misplaced(side: Side) -> list[str]:
    """Relations that lie otherwise than declared; there should be none."""
    found = {
        (schema, name): (diststyle, sortkey)
        for schema, name, diststyle, sortkey in side.rows(
            'select "schema", "table", diststyle, sortkey1 from svv_table_info'
        )
    }
    return [
        f"{schema}.{name} should be {design}, is {found.get((schema, name))}"
        for (schema, name), design in declared(side).items()
        if found.get((schema, name)) != design
    ]


def text_lengths(side: Side) -> list[str]:
    """Contract columns whose length in bytes is not the declared one."""
    found = {
        (schema, name, column): length
        for schema, name, column, length in side.rows(
            "select table_schema, table_name, column_name, character_maximum_length"
            " from information_schema.columns"
        )
    }
    wrong = []
    for contract in contracts_of(dbt.manifest(side.settings)).values():
        for column in contract.raw_columns:
            place = ("raw", contract.relation, column.name)
            if column.length is not None and found[place] != column.length:
                wrong.append(f"{'.'.join(place)}: {found[place]} bytes")
    return wrong


def undocumented(side: Side) -> list[str]:
    """Models and snapshots that `docs generate` did not find in the database."""
    text = (side.settings.target_path / "catalog.json").read_text()
    catalogue: dict[str, Any] = json.loads(text)
    return [
        unique_id
        for unique_id, node in dbt.manifest(side.settings)["nodes"].items()
        if node["resource_type"] in {"model", "snapshot", "seed"}
        and not catalogue["nodes"].get(unique_id, {}).get("columns")
    ]


def _first(sort: str | list[str]) -> str:
    return sort if isinstance(sort, str) else sort[0]

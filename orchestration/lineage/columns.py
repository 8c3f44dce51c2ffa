"""Column-level lineage, read off the SQL that dbt compiles.

`dbt compile` writes each model's SQL for the warehouse that is asked; sqlglot resolves
every output column to the columns that it reads. What no model makes is a raw column
(and then a landed file's), a seed's, or bookkeeping of a load or a filing.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.ingest.contract import TableContract, contracts_of
from orchestration.settings import Settings
from orchestration.transform import dbt

Column = tuple[str, str]
"""Relation with its schema, and column."""
Schema = dict[str, dict[str, dict[str, str]]]
"""Schema -> relation -> column -> type."""

CONSTANT = "(constant)"


@dataclass(frozen=True)
class Origin:
    """Where a column comes from.

    Attributes:
        kind: `file`, `seed`, `load`, `filing`, `vault`, or `constant`.
        name: Landed column as `<source>/<table>.<column>`, or relation and column.
    """

    kind: str
    name: str


class Lineage:
    """Lineage of every model's columns.

    Args:
        parents: Column -> the columns that it is made of; empty for a constant.
        origins: Column that no model makes -> where it comes from.
    """

    def __init__(
        self, parents: Mapping[Column, list[Column]], origins: Mapping[Column, Origin]
    ) -> None:
        self.parents = parents
        self._origins = origins

    def origins(self, column: Column) -> set[Origin]:
        """All that a column comes from in the end.

        Raises:
            WarehouseError: There is no such column.
        """
        if column not in self.parents and column not in self._origins:
            raise WarehouseError(
                f"There is no column {'.'.join(column)}.",
                f"`warehouse lineage {column[0]}` lists those of a model.",
                exit_code=2,
            )
        found: set[Origin] = set()
        seen, waiting = {column}, [column]
        while waiting:
            one = waiting.pop()
            if one in self._origins:
                found.add(self._origins[one])
                continue
            # A model that grows reads itself, too.
            made_of = [p for p in self.parents.get(one, ()) if p != one]
            if not made_of:
                found.add(Origin("constant", CONSTANT))
            waiting += [parent for parent in made_of if parent not in seen]
            seen.update(made_of)
        return found

    def columns(self, relation: str) -> list[str]:
        """The columns of a model.

        Raises:
            WarehouseError: There is no such model.
        """
        found = [name for one, name in self.parents if one == relation]
        if not found:
            raise WarehouseError(
                f"There is no model {relation}.",
                "Name it with its schema, such as finance.rpt_daily_revenue_versions.",
                exit_code=2,
            )
        return found

    def export(self) -> dict[str, Any]:
        """JSON for an auditor: what a column is made of, and where that is from."""
        return {
            f"{relation}.{name}": {
                "made_of": sorted(".".join(one) for one in parents),
                "comes_from": sorted(
                    f"{one.kind}: {one.name}" for one in self.origins((relation, name))
                ),
            }
            for (relation, name), parents in sorted(self.parents.items())
        }


def lineage_of(settings: Settings) -> Lineage:
    """Compile the project for a built warehouse, and read the lineage off.

    Raises:
        WarehouseError: sqlglot is not installed, a model is not built, or it cannot be
            compiled.
    """
    with open_warehouse(settings, read_only=True) as connection:
        rows = connection.execute(
            "select table_schema, table_name, column_name, data_type "
            "from information_schema.columns order by all"
        ).fetchall()
    schema: Schema = {}
    for one, relation, column, kind in rows:
        schema.setdefault(one, {}).setdefault(relation, {})[column] = kind
    dbt.run(settings, ["compile"])
    manifest = json.loads((settings.target_path / "manifest.json").read_bytes())
    parents: dict[Column, list[Column]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] in {"model", "snapshot"}:
            relation = f"{node['schema']}.{node['alias']}"
            if node["alias"] not in schema.get(node["schema"], {}):
                raise WarehouseError(
                    f"{relation} is not built yet.",
                    "Run `warehouse build`.",
                    exit_code=2,
                )
            for name, made_of in _columns(node["compiled_code"], schema):
                parents[relation, name] = made_of
    return Lineage(parents, dict(_origins(manifest, schema)))


def _columns(sql: str, schema: Schema) -> Iterator[tuple[str, list[Column]]]:
    """Output columns of a statement, and the stored columns that each reads."""
    try:
        from sqlglot import exp, lineage, parse_one  # noqa: PLC0415 - optional
    except ImportError as error:
        raise WarehouseError(
            "Lineage needs sqlglot.", "Install requirements/dev.txt.", exit_code=2
        ) from error
    statement = parse_one(sql, dialect="duckdb")
    for table in statement.find_all(exp.Table):
        table.set("catalog", None)
    for name, tree in lineage.lineage(
        None, statement, schema, dialect="duckdb"
    ).items():
        read = {
            (f"{node.expression.db}.{node.expression.name}", node.name.split(".")[-1])
            for node in tree.walk()
            if isinstance(node.expression, exp.Table) and node.expression.db
        }
        yield name, sorted(read)


def _origins(
    manifest: Mapping[str, Any], schema: Schema
) -> Iterator[tuple[Column, Origin]]:
    """Columns that no model makes."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "seed":
            relation = f"{node['schema']}.{node['alias']}"
            for name in schema.get(node["schema"], {}).get(node["alias"], {}):
                yield (relation, name), Origin("seed", f"{node['name']}.{name}")
    landed = dict(_landed(contracts_of(manifest)))
    kinds = {"raw": "load", "vault": "vault", "filings": "filing"}
    for one, kind in kinds.items():
        for relation, columns in schema.get(one, {}).items():
            for name in columns:
                column = (f"{one}.{relation}", name)
                yield column, landed.get(column, Origin(kind, ".".join(column)))


def _landed(
    contracts: Mapping[tuple[str, str], TableContract],
) -> Iterator[tuple[Column, Origin]]:
    """Raw and vault columns with the landed column that each is."""
    for (source, table), contract in contracts.items():
        file = f"{source}/{table}"
        for column in contract.scalars:
            origin = Origin("file", f"{file}.{column.name}")
            yield (f"raw.{contract.relation}", column.name), origin
            yield (f"vault.{contract.relation}", column.name), origin
        for short, text in contract.surrogates.items():
            yield (f"raw.{contract.relation}", short), Origin("file", f"{file}.{text}")
        for listed, child in contract.children.items():
            for column in child.columns:
                origin = Origin("file", f"{file}.{listed}.{column.name}")
                yield (f"raw.{child.relation}", column.name), origin
            for name in child.key:
                origin = Origin("file", f"{file}.{name}")
                yield (f"raw.{child.relation}", name), origin
            for short, text in contract.surrogates.items():
                origin = Origin("file", f"{file}.{text}")
                yield (f"raw.{child.relation}", short), origin

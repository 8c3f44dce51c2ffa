"""Models run by themselves, in memory, on rows that a test makes up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.settings import Settings
from orchestration.transform import dbt

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Models:
    """Compiled models in the order in which they build on each other.

    Attributes:
        steps: Schema, name and SQL of each model.
        inputs: Schema and name of each relation that they read and do not make.
        seeds: Schema, name and file of each seed that they read.
    """

    steps: list[tuple[str, str, str]] = field(repr=False)
    inputs: dict[str, str]
    seeds: list[tuple[str, str, Path]]

    def run(self, given: Mapping[str, pa.Table]) -> duckdb.DuckDBPyConnection:
        """Build all models on the given relations, by name, in a new database."""
        connection = duckdb.connect()
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        schemas = {schema for schema, *_ in [*self.steps, *self.seeds]}
        for schema in sorted(schemas | set(self.inputs.values())):
            connection.execute(f'create schema "{schema}"')
        for schema, name, file in self.seeds:
            connection.execute(
                f"create table {schema}.{name} as from read_csv(?)", [str(file)]
            )
        for name, schema in self.inputs.items():
            connection.register("rows_given", given[name])
            connection.execute(f"create table {schema}.{name} as from rows_given")
            connection.unregister("rows_given")
        for schema, name, code in self.steps:
            connection.execute(f"create table {schema}.{name} as {code}")
        return connection


def compiled(home: Path, wanted: Sequence[str], given: Sequence[str]) -> Models:
    """Compile `wanted` and all models between them and the relations `given`."""
    settings = Settings(home)
    dbt.run(settings, ["compile", "--select", *(f"+{name}" for name in wanted)])
    nodes = dbt.manifest(settings)["nodes"]
    steps: list[tuple[str, str, str]] = []
    inputs: dict[str, str] = {}
    seeds: list[tuple[str, str, Path]] = []
    seen: set[str] = set()

    def visit(unique_id: str) -> None:
        if unique_id in seen:
            return
        seen.add(unique_id)
        node = nodes[unique_id]
        if node["name"] in given:
            inputs[node["name"]] = node["schema"]
            return
        if node["resource_type"] == "seed":
            path = Path(node["root_path"]) / node["original_file_path"]
            seeds.append((node["schema"], node["name"], path))
            return
        for parent in node["depends_on"]["nodes"]:
            visit(parent)
        steps.append((node["schema"], node["name"], node["compiled_code"]))

    for name in wanted:
        visit(f"model.betting_warehouse.{name}")
    return Models(steps, inputs, seeds)

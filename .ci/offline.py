"""Run dbt or sqlfluff for an engine that is not there.

Models that call ``is_incremental()`` ask the database whether they exist, so
neither tool can render them without a server. This answers in its place: yes to
everything (``built``) or no (``empty``), which renders both sides of every model. Asked
a query, it says that nothing is known yet.

Usage: ``python .ci/offline.py {built,empty} {dbt,sqlfluff} ARGUMENT...``
"""

import sys
from unittest.mock import patch

import agate
from dbt.adapters.base.impl import BaseAdapter
from dbt.adapters.base.relation import BaseRelation
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.contracts.relation import RelationType
from dbt.cli.main import cli as dbt
from sqlfluff.cli.commands import cli as sqlfluff


def built(
    adapter: BaseAdapter, database: str, schema: str, identifier: str
) -> BaseRelation:
    """Return the relation asked for, as a table."""
    return adapter.Relation.create(
        database=database,
        schema=schema,
        identifier=identifier,
        type=RelationType.Table,
    )


def answered(*_: object, **__: object) -> tuple[AdapterResponse, agate.Table]:
    """Answer a query with one moment, long ago."""
    return AdapterResponse("offline"), agate.Table([["1900-01-01 00:00:00"]], ["at"])


def empty(*_: object, **__: object) -> None:
    """Know no relation."""


if __name__ == "__main__":
    catalogue, tool, *arguments = sys.argv[1:]
    answer = {"built": built, "empty": empty}[catalogue]
    with (
        patch.object(BaseAdapter, "get_relation", answer),
        patch.object(BaseAdapter, "execute", answered),
        patch.object(BaseAdapter, "set_relations_cache"),
    ):
        {"dbt": dbt, "sqlfluff": sqlfluff}[tool](arguments, prog_name=tool)

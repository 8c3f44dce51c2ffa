"""Write a database anew without what is to be forgotten.

A deleted row stays in a database's free pages until something overwrites it. A file
that is written from what may stay has nothing else in it, and takes the old one's place
at once.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from orchestration.database import MEMORY_LIMIT
from orchestration.durable import move_durably

Relation = tuple[str, str]
"""Schema and name."""

Rows = Mapping[Relation, str]
"""Relation of the old database -> SELECT of what it is to hold in the new one."""


def rewrite(
    path: Path,
    rows: Callable[[duckdb.DuckDBPyConnection], Rows],
    *,
    prepare: Callable[[duckdb.DuckDBPyConnection], None],
    add: Callable[[duckdb.DuckDBPyConnection], None] = lambda connection: None,
) -> dict[Relation, tuple[int, int]]:
    """Replace a database by one with other rows; the old one stays until that is whole.

    Args:
        path: The database; nobody may be writing it.
        rows: Given a connection with the database as `old`, SELECTs for the relations
            that change. All others stay as they are.
        prepare: Makes the temp tables that those read.
        add: Inserts into the new database, `new`, after that.

    Returns:
        Relation that changed -> rows before and after.
    """
    draft = path.with_name(f".{path.name}.rewritten")
    draft.unlink(missing_ok=True)
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": "2"}) as both:
        both.execute("set TimeZone = 'UTC'")
        both.execute("attach ? as old (read_only)", [str(path)])
        both.execute(
            "attach ? as new (storage_version ?)", [str(draft), _storage_version(both)]
        )
        prepare(both)
        changed = rows(both)
        both.execute("copy from database old to new (schema)")
        counts = {}
        for relation in _relations(both):
            name = '"."'.join(relation)
            select = changed.get(relation, f'select * from old."{name}"')
            both.execute(f'insert into new."{name}" {select}')
            if relation in changed:
                before = _count(both, f'old."{name}"')
                counts[relation] = (before, _count(both, f'new."{name}"'))
        add(both)
        both.execute("checkpoint new")
        both.execute("detach new")
        both.execute("detach old")
    move_durably(draft, path)
    return counts


def _storage_version(connection: duckdb.DuckDBPyConnection) -> str:
    """That of the old file, so that whoever could read it can read the new one."""
    [(version,)] = connection.execute(
        "select tags['storage_version'] from duckdb_databases() "
        "where database_name = 'old'"
    ).fetchall()
    return str(version).split("+")[0].split(" ")[0]


def _relations(connection: duckdb.DuckDBPyConnection) -> list[Relation]:
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = 'old' and not internal order by all"
    ).fetchall()


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    [(count,)] = connection.execute(f"select count(*) from {relation}").fetchall()
    return int(count)

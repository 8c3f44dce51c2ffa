"""What stands against publishing what has been built.

`raw.findings` holds a row for each node that failed when dbt last ran it (a hook of the
dbt project keeps that, whoever calls dbt), for each run of dbt that was broken off, and
for the build that is under way or was broken off. Empty means that what is built is
whole and that every test of severity error held when it was last run.
"""

from orchestration.ingest.engine import Connection

UNFINISHED = "unfinished"
"""Status of a run or build that has not come to its end."""


def begin_build(connection: Connection) -> None:
    """Say that relations will not fit each other until the build has ended."""
    connection.execute(
        "insert into raw.findings (node_id, status, invocation_id) "
        f"select 'build', '{UNFINISHED}', '' where not exists "
        "(select 1 from raw.findings where node_id = 'build')"
    )


def end_build(connection: Connection) -> None:
    """Say that everything is built; makes good what was broken off before."""
    connection.execute(f"delete from raw.findings where status = '{UNFINISHED}'")


def findings(connection: Connection, nodes: frozenset[str]) -> list[str]:
    """What stands against publishing, in words.

    Args:
        connection: An open warehouse.
        nodes: Nodes that the project has; what failed and is gone counts no more.
    """
    rows = connection.execute(
        "select distinct node_id, status from raw.findings order by node_id"
    ).fetchall()
    return [
        f"a {node} of models was broken off or is under way"
        if status == UNFINISHED
        else f"{node}: {status}"
        for node, status in rows
        if status == UNFINISHED or node in nodes
    ]

"""What stands against publishing what has been built.

`raw.failures` holds what failed when dbt last ran it, until it no longer does, for each
mart that it concerns: hooks of the dbt project keep that, whoever calls dbt. While dbt
runs, and a build is under way, that counts as a failure too; the row of one that was
broken off stays. None open means that what is built is whole and that every test of
severity error held when it was last run.
"""

from datetime import UTC, datetime

from orchestration.ingest.engine import Connection

RELATIONS = (
    """
    create table if not exists raw.failures (
        node_id varchar(256) not null,
        status varchar(32) not null,
        invocation_id varchar(64) not null,
        mart_schema varchar(64),
        mart_name varchar(64),
        failure_count bigint,
        first_failed_at timestamp not null,
        last_failed_at timestamp not null,
        passed_at timestamp
    )
    """,
    """
    create table if not exists raw.builds (
        invocation_id varchar(64) not null,
        code_revision varchar(64) not null,
        check_count bigint not null,
        failed_check_count bigint not null,
        checked_at timestamp not null,
        known_until timestamp
    )
    """,
)
UNFINISHED = "unfinished"
"""Status of a run or build that has not come to its end."""


def begin_build(connection: Connection) -> None:
    """Say that relations will not fit each other until the build has ended."""
    now = datetime.now(UTC).replace(tzinfo=None)
    connection.execute(
        "insert into raw.failures "
        "(node_id, status, invocation_id, first_failed_at, last_failed_at) "
        f"select 'build', '{UNFINISHED}', '', ?, ? where not exists "
        "(select 1 from raw.failures where node_id = 'build')",
        [now, now],
    )


def end_build(connection: Connection) -> None:
    """Say that everything is built; makes good what was broken off before."""
    connection.execute(f"delete from raw.failures where status = '{UNFINISHED}'")


def failures(connection: Connection, nodes: frozenset[str]) -> list[str]:
    """What stands against publishing, in words.

    Args:
        connection: An open warehouse.
        nodes: Nodes that the project has; what failed and is gone counts no more.
    """
    rows = connection.execute(
        "select distinct node_id, status from raw.failures where passed_at is null "
        "order by node_id"
    ).fetchall()
    return [
        f"a {node} of models was broken off or is under way"
        if status == UNFINISHED
        else f"{node}: {status}"
        for node, status in rows
        if status == UNFINISHED or node in nodes
    ]

"""What the published files hold, beside what the warehouse says they should."""

from collections.abc import Iterator

import duckdb

from orchestration.access.rights import UNPUBLISHED, Grant, Policy, grants_of
from orchestration.settings import Settings
from orchestration.transform import dbt


def published_grants(settings: Settings) -> list[Grant]:
    """Every grant that a file is made of."""
    grants = grants_of(dbt.manifest(settings), Policy.of_checkout())
    return [grant for grant in grants if grant.relation.schema not in UNPUBLISHED]


def differences(settings: Settings) -> list[str]:
    """Relations of the current files that are not, row by row, as the warehouse has
    them.

    A right that is stated here by itself, not by the code that publishes.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{settings.database}' as warehouse (read_only)")
        return [*_differences(connection, settings)]


def _differences(
    connection: duckdb.DuckDBPyConnection, settings: Settings
) -> Iterator[str]:
    grants = published_grants(settings)
    for audience in sorted({grant.audience for grant in grants}):
        file = settings.serving / audience / "current.duckdb"
        connection.execute(f"attach '{file}' as for_{audience} (read_only)")
    for grant in grants:
        theirs = f"select * from for_{grant.audience}.{grant.relation}"
        columns = ", ".join(
            f'"{name}"' for name in grant.relation.columns if name not in grant.hidden
        )
        ours = f"select {columns} from warehouse.{grant.relation}"
        if grant.jurisdictions is not None:
            listed = ", ".join(f"'{one}'" for one in grant.jurisdictions)
            ours += f" where jurisdiction in ({listed})"
        row = connection.execute(
            f"select (select count(*) from ({theirs} except all {ours})), "
            f"(select count(*) from ({ours} except all {theirs}))"
        ).fetchone()
        assert row is not None
        if row != (0, 0):
            yield f"{grant.audience} {grant.relation}: {row[0]} more, {row[1]} less"

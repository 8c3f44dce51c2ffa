"""As a member of each audience: what may be read is, everything else is refused."""

import csv
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from redshift_connector.core import Connection
from redshift_connector.error import ProgrammingError

from orchestration.settings import PROJECT_DIR
from tests.redshift.verification.cluster import Cluster

Tried = dict[tuple[str, str], bool]
"""(audience, relation) -> whether a member could read it."""


def rules() -> set[tuple[str, str, str]]:
    """(audience, schema, relation or nothing for all) of the seed."""
    with (PROJECT_DIR / "seeds" / "audience_access.csv").open(newline="") as rows:
        return {
            (row["audience"], row["schema_name"], row["relation_name"])
            for row in csv.DictReader(rows)
        }


def wrong(cluster: Cluster, relations: list[str]) -> tuple[list[str], int]:
    """Try every audience on every relation.

    Returns:
        What was read or refused against the rules, in words, and the number of tries.
    """
    granted = rules()
    found = []
    audiences = sorted({audience for audience, _, _ in granted})
    for audience in audiences:
        with _member(cluster, audience) as connection:
            for relation in relations:
                schema, name = relation.replace('"', "").split(".")
                may = {(audience, schema, ""), (audience, schema, name)} & granted
                if _reads(connection, relation) != bool(may):
                    verb = "may not" if may else "may"
                    found.append(f"{audience} {verb} read {relation}")
            if _writes(connection):
                found.append(f"{audience} may write")
    return found, len(audiences) * len(relations)


@contextmanager
def _member(cluster: Cluster, audience: str) -> Iterator[Connection]:
    """A connection of a user who has this role and nothing else."""
    user = f"verify_{audience}"
    password = f"A1{secrets.token_hex(12)}"
    with cluster.connect() as administrator:
        administrator.autocommit = True
        cursor = administrator.cursor()
        cursor.execute(f"create user {user} password '{password}'")
        try:
            cursor.execute(f"grant role {audience} to {user}")
            with cluster.connect(user, password) as connection:
                yield connection
        finally:
            cursor.execute(f"revoke role {audience} from {user}")
            cursor.execute(f"drop user {user}")


def _reads(connection: Connection, relation: str) -> bool:
    try:
        connection.cursor().execute(f"select * from {relation} limit 1")
    except ProgrammingError as error:
        if "permission denied" not in str(error):
            raise
        return False
    finally:
        connection.rollback()
    return True


def _writes(connection: Connection) -> bool:
    """Whether it may delete from a relation that most may read."""
    try:
        connection.cursor().execute("delete from core.dim_dates where 1 = 0")
    except ProgrammingError:
        return False
    finally:
        connection.rollback()
    return True

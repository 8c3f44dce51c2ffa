"""As a member of each audience: what may be read is, everything else is refused."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from redshift_connector.core import Connection
from redshift_connector.error import ProgrammingError

from orchestration.access.rights import Policy
from orchestration.seeds import read_seed
from tests.redshift.verification.cluster import Cluster

VIEWS = "for_"
"""How the schema begins that holds an audience's views of what it may see in part."""


@dataclass
class Tries:
    """What was tried, and what was read or refused against the rules, in words."""

    wrong: list[str] = field(default_factory=list)
    relations: int = 0
    columns: int = 0
    rows: int = 0


@dataclass(frozen=True)
class May:
    """What an audience may see of a relation, by the seeds alone."""

    hidden: frozenset[str] = frozenset()
    jurisdictions: tuple[str, ...] | None = None

    @property
    def is_all(self) -> bool:
        """Whether it is all of it, by the relation's own name."""
        return not self.hidden and self.jurisdictions is None


def rules() -> set[tuple[str, str, str]]:
    """(audience, schema, relation or nothing for all) of the seed."""
    return {
        (row["audience"], row["schema_name"], row["relation_name"])
        for row in read_seed("audience_access")
    }


def wrong(
    cluster: Cluster, relations: list[str], *, every_column: bool = True
) -> Tries:
    """Try every audience on every relation, each column by itself, and on the rows.

    Args:
        cluster: Where.
        relations: `"schema"."name"`, or without quotes.
        every_column: Or of what an audience may not see at all, the first alone.
    """
    policy, tries = Policy.of_checkout(), Tries()
    names = [relation.replace('"', "") for relation in relations]
    columns = _columns(cluster)
    names += sorted(name for name in columns if name.startswith(VIEWS))
    for audience in policy.audiences:
        with _member(cluster, audience) as connection:
            for name in names:
                may = _expected(policy, audience, name)
                tries.relations += 1
                if _reads(connection, f"select * from {_quoted(name)}") != bool(may):
                    verb = "may not" if may else "may"
                    tries.wrong.append(f"{audience} {verb} read {name}")
                asked = columns[name] if may or every_column else columns[name][:1]
                for column in asked:
                    tries.columns += 1
                    query = f'select "{column}" from {_quoted(name)}'
                    if _reads(connection, query) != bool(may):
                        tries.wrong.append(f"{audience}: {name}.{column}")
                if may and name.startswith(VIEWS):
                    tries.wrong += _beyond(connection, audience, name, may, columns)
                    tries.rows += 1
            if _writes(connection):
                tries.wrong.append(f"{audience} may write")
    return tries


def _expected(policy: Policy, audience: str, name: str) -> May | None:
    """What the seeds say; None when it may not read a relation of that name."""
    schema, relation = name.split(".")
    if schema.startswith(VIEWS):
        if schema != f"{VIEWS}{audience}":
            return None
        origins = {row["schema_name"] for row in policy.access}
        found = [_of_seeds(policy, audience, origin, relation) for origin in origins]
        limited = [may for may in found if may and not may.is_all]
        return limited[0] if limited else None
    may = _of_seeds(policy, audience, schema, relation)
    return may if may and may.is_all else None


def _of_seeds(policy: Policy, audience: str, schema: str, relation: str) -> May | None:
    key = {"audience": audience, "schema_name": schema}
    hidden = frozenset(
        row["column_name"]
        for row in policy.hidden
        if (key | {"relation_name": relation}).items() <= row.items()
    )
    for row in policy.access:
        if key.items() <= row.items() and row["relation_name"] in {"", relation}:
            licences = None
            if row["row_scope"] != "all":
                licences = tuple(
                    one["jurisdiction"]
                    for one in policy.jurisdictions
                    if one["audience"] == audience
                )
            return May(hidden, licences)
    return None


def _beyond(
    connection: Connection,
    audience: str,
    view: str,
    may: May,
    columns: dict[str, list[str]],
) -> Iterator[str]:
    """What a view shows of hidden columns or of rows of other jurisdictions."""
    for column in may.hidden & {*columns[view]}:
        yield f"{audience} has {view}.{column}"
    if may.jurisdictions is None:
        return
    cursor = connection.cursor()
    cursor.execute(f"select distinct jurisdiction from {_quoted(view)}")
    for (jurisdiction,) in cursor.fetchall():
        if jurisdiction not in may.jurisdictions:
            yield f"{audience} has rows of {jurisdiction} in {view}"
    connection.rollback()


def _columns(cluster: Cluster) -> dict[str, list[str]]:
    """Relation -> its columns, as the administrator sees them."""
    found: dict[str, list[str]] = {}
    with cluster.connect() as administrator:
        cursor = administrator.cursor()
        cursor.execute(
            "select table_schema || '.' || table_name, column_name"
            " from information_schema.columns order by ordinal_position"
        )
        for name, column in cursor.fetchall():
            found.setdefault(name, []).append(column)
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace(".", '"."') + '"'


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


def _reads(connection: Connection, query: str) -> bool:
    try:
        connection.cursor().execute(f"{query} limit 1")
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

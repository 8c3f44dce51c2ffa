"""A warehouse in which every relation is as declared, and filled without loading.

Whoever reads a publication of it can tell whether it is whole: all figures and moments
in all relations follow from one number, the tick.
"""

from datetime import datetime, timedelta

import duckdb

from orchestration.access.rights import Policy, Relation, grants_of
from orchestration.ingest.schema import BOOKKEEPING
from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.failures import RELATIONS as FAILURES

START = datetime(2026, 1, 5)
JURISDICTIONS = ("GB", "US-NJ", "ES")
UNTYPED = {
    "_at": "timestamp",
    "_from": "timestamp",
    "_to": "timestamp",
    "_amount": "decimal(18, 2)",
}
"""Type of a column of a snapshot, which declares none, by how it ends."""
LEDGER = "finance.fct_bet_ledger_entries"


def moment(tick: int) -> datetime:
    """When what a tick brought became known."""
    return START + timedelta(minutes=tick)


class StandIn:
    """A warehouse whose relations are filled by ticks.

    Args:
        settings: Where it is.
        rows: Rows of every relation at the first tick; a multiple of three.
        ledger: Rows of the ledger at the first tick.
    """

    def __init__(self, settings: Settings, rows: int = 6, ledger: int = 6) -> None:
        self.settings = settings
        self.tick = 0
        self.nodes = dbt.manifest(settings)["nodes"]
        granted = grants_of(dbt.manifest(settings), Policy.of_checkout())
        self._relations = {str(grant.relation): grant.relation for grant in granted}
        self._rows = rows
        settings.home.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(settings.database)) as connection:
            for statement in (*BOOKKEEPING, *FAILURES):
                connection.execute(statement)
            connection.execute(
                "insert into raw.loads values (1, $at, $at, 1, 1, 1, 0, 0)",
                {"at": START},
            )
            connection.execute(
                "insert into raw.snapshot_window values ($at, $at)", {"at": START}
            )
            for relation in self._relations.values():
                self._create(connection, relation)
                count = ledger if str(relation) == LEDGER else rows
                self._fill(connection, relation, count)

    def advance(self, *, new_rows: int = 3, ledger: int = 3) -> None:
        """The next tick: what grows gets rows, all else is made anew, as a build would.

        Args:
            new_rows: How many rows each relation that grows gets; a multiple of three.
            ledger: How many the ledger gets.
        """
        self.tick += 1
        with duckdb.connect(str(self.settings.database)) as connection:
            connection.execute("begin")
            for relation in self._relations.values():
                if not self.grows(relation):
                    connection.execute(f"delete from {relation}")
                    self._fill(connection, relation, self._rows)
                else:
                    is_ledger = str(relation) == LEDGER
                    self._fill(connection, relation, ledger if is_ledger else new_rows)
            connection.execute(
                "update raw.snapshot_window set known_after = ?", [moment(self.tick)]
            )
            connection.execute("commit")

    def execute(self, *statements: str) -> None:
        """Do something to the warehouse."""
        with duckdb.connect(str(self.settings.database)) as connection:
            for statement in statements:
                connection.execute(statement)

    def grows(self, relation: Relation) -> bool:
        """Whether it is declared to grow."""
        return "published" in self.nodes[relation.unique_id]["config"]["meta"]

    def _create(
        self, connection: duckdb.DuckDBPyConnection, relation: Relation
    ) -> None:
        columns = ", ".join(
            f'"{name}" {kind or _untyped(name)}'
            for name, kind in relation.columns.items()
        )
        connection.execute(f'create schema if not exists "{relation.schema}"')
        connection.execute(f"create table {relation} ({columns})")

    def _fill(
        self, connection: duckdb.DuckDBPyConnection, relation: Relation, count: int
    ) -> None:
        """Rows of the present tick: no two ticks share a key."""
        kinds = {n: k or _untyped(n) for n, k in relation.columns.items()}
        values = ", ".join(_value(name, kind) for name, kind in kinds.items())
        bound = {"tick": self.tick, "at": moment(self.tick)}
        connection.execute(
            f"insert into {relation} select {values} from range($count) as r(i)",
            {k: v for k, v in bound.items() if f"${k}" in values} | {"count": count},
        )


def _untyped(name: str) -> str:
    return next((k for end, k in UNTYPED.items() if name.endswith(end)), "varchar")


def _value(name: str, kind: str) -> str:
    """Expression of a column's value in row `i` of a tick."""
    if name == "jurisdiction":
        cases = " ".join(
            f"when {i} then '{one}'" for i, one in enumerate(JURISDICTIONS)
        )
        return f"case i % 3 {cases} end"
    values = {
        "varchar": f"left($tick || '-' || i, {_length(kind)})",
        "decimal": f"$tick % {_room(kind)}",
        "timestamp": "$at::timestamp",
        "date": "$at::date",
        "boolean": "i % 2 = 0",
        "bigint": "$tick * 1000000 + i",
    }
    return values.get(kind.partition("(")[0], "i")


def _room(kind: str) -> int:
    """A hundred, or ten where a decimal has one digit before the point."""
    precision, _, scale = kind.partition("(")[2].rstrip(")").partition(",")
    return 10 if precision and int(precision) - int(scale or 0) < 2 else 100


def _length(kind: str) -> str:
    return kind.partition("(")[2].rstrip(")") or "64"


def small_policy() -> Policy:
    """Three audiences of a few relations each, of every kind there is."""
    rows = [
        ("finance", LEDGER, "all"),
        ("finance", "finance.fct_open_bets", "all"),
        ("finance", "finance.rpt_customer_funds", "all"),
        ("finance", "finance.rpt_daily_revenue_versions", "all"),
        ("finance", "core.dim_customers", "all"),
        ("risk", "core.dim_customers", "all"),
        ("risk", "finance.fct_open_bets", "all"),
        ("risk", "risk.rpt_open_liability", "all"),
        ("risk", "risk.rpt_market_exposures", "all"),
        ("risk", "snapshots.snap_customers__profiles", "all"),
        ("regulator_gb", "finance.rpt_restatements", "licensed"),
        ("regulator_gb", LEDGER, "licensed"),
    ]
    hidden = ("finance", "core", "dim_customers", "has_marketing_opt_in", "a test")
    columns = ("audience", "schema_name", "relation_name", "column_name", "reason")
    return Policy(
        [
            {
                "audience": audience,
                "schema_name": relation.split(".")[0],
                "relation_name": relation.split(".")[1],
                "row_scope": scope,
            }
            for audience, relation, scope in rows
        ],
        [dict(zip(columns, hidden, strict=True))],
        [{"audience": "regulator_gb", "jurisdiction": "GB"}],
    )

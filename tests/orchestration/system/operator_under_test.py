"""A simulated operator and its warehouse, driven as the command line drives them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from orchestration.database import open_warehouse
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.load import LoadReport, load
from orchestration.ingest.schema import ensure_relations
from orchestration.settings import Settings
from orchestration.simulator import (
    Delivery,
    Dirt,
    Simulation,
    SimulationConfig,
    simulate,
)
from orchestration.simulator.config import CORE
from orchestration.simulator.feeds import SOURCES
from orchestration.transform import dbt
from orchestration.transform.build import build

MART_SCHEMAS = (
    "core", "customer", "finance", "marketing", "platform", "risk", "snapshots",
)  # fmt: skip
# Names of a load and when it happened: all else must not depend on the loads.
OF_LOADS = {
    "known_at",
    "known_from",
    "known_to",
    "first_known_at",
    "exclusion_known_at",
    "version",
    "file_id",
    "load_id",
}

Relations = dict[str, list[tuple[Any, ...]]]


def simulated(
    outbox: Path,
    seed: int,
    *,
    days: int = 6,
    bets_per_day: int = 1500,
    sources: frozenset[str] | None = CORE,
) -> Simulation:
    """A dirty simulation whose days span a change to summer time in every zone.

    Without the sources beside the core ones, unless asked for: what is tested is the
    same for each of them, and takes a while.
    """
    first_date = date(2026, 3, 5) if seed % 2 else date(2026, 3, 26)
    config = SimulationConfig(
        seed=seed,
        first_date=first_date,
        days=days,
        bets_per_day=bets_per_day,
        customers=400,
        dirt=Dirt.all(),
        sources=sources,
    )
    return simulate(config, outbox)


def beyond(sources: frozenset[str] | None) -> tuple[str, ...]:
    """Selects the models of the other sources, which are most; none if all are there.

    Empty models cost as much time as small ones.
    """
    absent = () if sources is None else {source.name for source in SOURCES} - sources
    return tuple(f"source:{name}+" for name in sorted(absent))


@dataclass
class Warehouse:
    """A warehouse in a directory of its own, and the loads it was given.

    Attributes:
        home: The directory.
        without: Selections that builds leave out, such as `beyond(CORE)`.
        loads: Moment and files of each.
    """

    home: Path
    without: Sequence[str] = ()
    loads: list[tuple[datetime, list[str]]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings(self.home)

    def deliver(self, outbox: Path, files: Iterable[Path]) -> None:
        """Let files appear in the landing zone; the outbox keeps them."""
        for file in files:
            target = self.settings.landing / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(outbox / file)

    def take_in(self, simulation: Simulation, delivery: Delivery) -> LoadReport:
        """Load a delivery at the moment at which it came."""
        self.deliver(simulation.into, delivery.files)
        return self.load(delivery.delivered_at)

    def load(self, known_at: datetime | None = None) -> LoadReport:
        contracts = contracts_of(dbt.manifest(self.settings))
        with open_warehouse(self.settings) as connection:
            report = load(
                connection,
                contracts,
                self.settings.landing,
                known_at=known_at,
                spill=self.settings.spill,
            )
        if report.known_at is not None:
            paths = [outcome.file.path for outcome in report.files]
            self.loads.append((report.known_at, paths))
        return report

    def build(self, *, full_refresh: bool = False, all_tests: bool = False) -> None:
        build(
            self.settings,
            full_refresh=full_refresh,
            all_tests=all_tests,
            without=self.without,
        )

    def rows(self, query: str, *bound: object) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings, read_only=True) as connection:
            return connection.execute(query, bound).fetchall()

    def last_known_at(self) -> datetime | None:
        """When the last load was committed, by the warehouse's own word."""
        with open_warehouse(self.settings) as connection:
            ensure_relations(connection, ())
            row = connection.execute("select max(known_at) from raw.loads").fetchone()
            return row[0] if row else None

    def relations(self, *, without: Sequence[str] = ()) -> Relations:
        """Every published relation's rows, sorted; columns in `without` left out."""
        with open_warehouse(self.settings, read_only=True) as connection:
            columns = connection.execute(
                """
                select table_schema || '.' || table_name, list(column_name)
                from information_schema.columns
                where list_contains($schemas, table_schema)
                group by 1 order by 1
                """,
                {"schemas": MART_SCHEMAS},
            ).fetchall()
            found: Relations = {}
            for relation, names in columns:
                kept = ", ".join(f'"{n}"' for n in names if n not in without)
                query = f"select {kept} from {relation} order by all"
                found[relation] = connection.execute(query).fetchall()
            return found

    def current_figures(self) -> Relations:
        """What is known in the end, told without when it became known."""
        named = {
            "finance.rpt_daily_revenue_versions": "known_to = timestamp '9999-12-31'",
            "finance.fct_open_bets": "true",
            "risk.rpt_open_liability": "true",
            "risk.rpt_event_exposures": "true",
            "risk.rpt_open_book": "true",
            "risk.rpt_unmatched_settlements": "true",
            "core.dim_customers": "true",
            "core.dim_customers_history": "true",
            "core.dim_selections": "true",
            "customer.dim_customer_limits": "true",
            "customer.fct_sessions": "true",
            "customer.rpt_exclusion_breaches": "true",
            "customer.rpt_experiment_sample_ratios": "true",
            "marketing.fct_campaign_messages": "true",
        }
        with open_warehouse(self.settings, read_only=True) as connection:
            there = {
                relation
                for (relation,) in connection.execute(
                    "select table_schema || '.' || table_name "
                    "from information_schema.tables"
                ).fetchall()
            }
            figures: Relations = {}
            for relation, current in named.items():
                if self.without and relation not in there:
                    continue
                cursor = connection.execute(f"select * from {relation} limit 0")
                names = [column[0] for column in cursor.description or ()]
                kept = ", ".join(n for n in names if n not in OF_LOADS)
                query = f"select {kept} from {relation} where {current} order by all"
                figures[relation] = connection.execute(query).fetchall()
            figures["finance.rpt_daily_revenue_versions"] = [
                row
                for row in figures["finance.rpt_daily_revenue_versions"]
                if any(value for value in row if not isinstance(value, str | date))
            ]
            return figures


def differences(left: Relations, right: Relations) -> list[str]:
    """Names of the relations that differ, with the number of rows on either side."""
    return [
        f"{name}: {len(set(left.get(name, [])) - set(right.get(name, [])))} rows only "
        f"left, {len(set(right.get(name, [])) - set(left.get(name, [])))} only right"
        for name in sorted(left.keys() | right.keys())
        if left.get(name) != right.get(name)
    ]

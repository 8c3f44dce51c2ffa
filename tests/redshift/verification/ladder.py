"""From parsing to parity, in the order in which a fault is cheapest to find."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from orchestration.errors import WarehouseError
from orchestration.ingest.contract import contracts_of
from orchestration.simulator import Dirt, SimulationConfig, simulate
from orchestration.transform import dbt
from tests.redshift.verification import (
    catalogue,
    changes,
    controls,
    past,
    roles,
)
from tests.redshift.verification.cluster import Cluster
from tests.redshift.verification.pair import Pair, Side, landing_url
from tests.redshift.verification.parity import Parity, compare, relations

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much is simulated, and whether every audience is tried on every column."""

    days: int = 6
    bets_per_day: int = 1500
    customers: int = 400
    every_column: bool = True


@dataclass
class Findings:
    """What was seen, and what should not have been.

    Attributes:
        wrong: One line per finding; none when all is well.
        relations: Relations compared in the last comparison.
        statements: Distinct statements seen; None when nobody looked on.
        controls: Statements that had to be refused.
        tries: Audience and column, each pair tried.
    """

    wrong: list[str] = field(default_factory=list)
    relations: int = 0
    statements: int | None = None
    controls: int = 0
    tries: int = 0


def verify(cluster: Cluster, folder: Path, size: Size, say: Say = print) -> Findings:
    """Climb the whole ladder.

    Args:
        cluster: What to verify against.
        folder: An empty folder.
        size: How much to simulate.
        say: Gets a line per step.

    Raises:
        WarehouseError: Something did not even run, or the cluster is in use.
    """
    found = Findings()
    with _environment(cluster.env()):
        pair = Pair(folder, landing_url(f"verification/{secrets.token_hex(4)}"))
        _must_be_empty(pair)
        for side in pair.sides:
            dbt.run(side.settings, ["parse", "--warn-error", "--no-partial-parse"])
        say("parsed for both engines")
        _build_twice(pair, folder / "outbox", size, found, say)
        dbt.run(pair.redshift.settings, ["run", "--full-refresh"])
        # With nothing new, which empties what holds the last load alone.
        pair.duckdb.build(tests=False)
        _compare(pair, found, say, "rebuilt from raw")
        _look_at_the_catalogue(pair, found, say)
        known = relations(pair.redshift)
        tries = roles.wrong(cluster, known, every_column=size.every_column)
        found.wrong += tries.wrong
        found.tries = tries.columns
        say(
            f"{tries.relations} pairs of audience and relation tried, {tries.columns} "
            f"with a column, the rows of {tries.rows} views: {len(tries.wrong)} wrong"
        )
        _count_statements(cluster, found, say)
    return found


def _build_twice(
    pair: Pair, outbox: Path, size: Size, found: Findings, say: Say
) -> None:
    """First load; then late settlements, changed and closed customers, a new column."""
    simulation = simulate(
        SimulationConfig(
            seed=20,
            first_date=date(2026, 3, 26),
            days=size.days,
            bets_per_day=size.bets_per_day,
            customers=size.customers,
            dirt=Dirt.all(),
        ),
        outbox,
    )
    half = (len(simulation.deliveries) + 1) // 2
    first, second = simulation.deliveries[:half], simulation.deliveries[half:]
    # Loads of the last hour, so that the sources are fresh.
    moments = _moments(len(simulation.deliveries))
    for delivery in first:
        pair.deliver(outbox, delivery.files)
        middle = next(moments)
        pair.load(middle)
    say(f"first build: {pair.build()} models")
    past.file(pair, found.wrong, say)
    _compare(pair, found, say, "first build")
    profiles = min(f for f in first[0].files if f.parts[1] == "customer_profiles")
    closed = changes.closed_accounts(outbox, profiles, second[0].delivered_at)
    pair.deliver(outbox, [closed])
    for delivery in second:
        pair.deliver(outbox, delivery.files)
        pair.load(next(moments))
    say(f"second build: {pair.build(tests=True)} models and tests")
    seen = changes.kinds(pair.redshift, middle)
    found.wrong += [
        f"no {kind} in the second input" for kind, n in seen.items() if not n
    ]
    say("changed input: " + ", ".join(f"{n} {kind}" for kind, n in seen.items()))
    _compare(pair, found, say, "second build")
    _ask(pair, middle, found, say)
    past.restate(pair, found.wrong, say)


def _moments(count: int) -> Iterator[datetime]:
    """Increasing moments of the last hour, none at a full second: what cuts
    microseconds off is found out."""
    last = datetime.now(UTC).replace(tzinfo=None, microsecond=100_003)
    for number in range(count, 0, -1):
        yield last - number * timedelta(minutes=60) / (count + 1)


def _look_at_the_catalogue(pair: Pair, found: Findings, say: Say) -> None:
    side = pair.redshift
    # Bound views would go with the table that is dropped.
    dbt.run(side.settings, ["run", "--full-refresh", "--select", "int_bets_posted"])
    side.rows("select count(*) from finance.fct_bet_ledger_entries")
    dbt.run(side.settings, ["docs", "generate"])
    dbt.run(side.settings, ["source", "freshness", *_without_empty_sources(side)])
    wrong = (
        catalogue.misplaced(side)
        + catalogue.text_lengths(side)
        + catalogue.undocumented(side)
    )
    found.wrong += wrong
    laid_out = len(catalogue.declared(side))
    say(f"catalogue: {laid_out} relations laid out as declared, docs, fresh sources")


def _without_empty_sources(side: Side) -> list[str]:
    """Arguments that leave out tables of which so small a world has no row."""
    contracts = contracts_of(dbt.manifest(side.settings)).values()
    empty = [
        f"source:{contract.source}.{contract.table}"
        for contract in contracts
        if not side.rows(f'select 1 from "raw".{contract.relation} limit 1')
    ]
    return ["--exclude", *empty] if empty else []


def _ask(pair: Pair, middle: datetime, found: Findings, say: Say) -> None:
    """The commands that answer people answer the same on both."""
    asked = ["as-of 2026-03-26", f"as-of 2026-03-26 --known-at {middle.isoformat()}"]
    asked.append("status")
    for command in asked:
        words = [*command.split(), "--format", "json"]
        ours, theirs = (side.ask(*words) for side in pair.sides)
        if ours != theirs or len(ours) < 100:
            found.wrong.append(f"warehouse {command}: {ours} {theirs}")
    say(f"{len(asked)} questions asked of both")


def _compare(pair: Pair, found: Findings, say: Say, when: str) -> Parity:
    parity = compare(pair)
    found.relations = len(parity.rows)
    found.wrong += [f"{when}: {line}" for line in parity.different]
    filled = sum(1 for rows in parity.rows.values() if rows)
    say(
        f"{when}: {len(parity.rows)} relations compared ({filled} of them with rows, "
        f"{sum(parity.rows.values())} rows), {len(parity.different)} different"
    )
    return parity


def _count_statements(cluster: Cluster, found: Findings, say: Say) -> None:
    statements = cluster.statements()
    if statements is None:
        say("statements: not recorded, for there is nothing between us and the cluster")
    else:
        refused = [one for one in statements if one.refused]
        found.statements = len(statements)
        found.wrong += [f"refused: {one.refused}: {one.sql}" for one in refused]
        say(f"{len(statements)} distinct statements seen, {len(refused)} refused")
    found.controls = len(controls.CONTROLS)
    passed = controls.accepted(cluster)
    found.wrong += [f"control not refused: {name}" for name in passed]
    say(f"{found.controls - len(passed)} of {found.controls} negative controls refused")


def _must_be_empty(pair: Pair) -> None:
    schemas = pair.redshift.rows(
        "select nspname from pg_namespace where nspname in ('raw', 'vault', 'finance')"
    )
    if schemas:
        raise WarehouseError(
            "The database to verify against already has a warehouse in it.",
            "Give REDSHIFT_DBNAME an empty database: this writes, and removes nothing.",
            exit_code=2,
        )


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

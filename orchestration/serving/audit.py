"""What is looked at before readers get to see a publication.

Nothing here changes anything. A check that finds something stops the publication; the
version that readers have stays.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb

from orchestration.seeds import read_seed
from orchestration.serving.plan import Published
from orchestration.serving.shelf import Record
from orchestration.serving.states import State
from orchestration.serving.writing import Candidate

Planned = Mapping[str, Mapping[str, Published]]
"""Audience -> relation -> how it is published."""


@dataclass(frozen=True)
class Check:
    """A check: what it is about, and what it found; nothing is good."""

    name: str
    problems: Sequence[str]

    @property
    def passed(self) -> bool:
        """Whether it found nothing."""
        return not self.problems


@dataclass(frozen=True)
class Audited:
    """What is to be audited: the candidates, the plan for them, the current version.

    Attributes:
        connection: The workspace.
        planned: What each audience is to get.
        candidates: Audience -> its file.
        failures: What stands against the warehouse's last build.
        unreadable: Relations that are not as they are declared.
        data_as_of: Age of what the candidates hold.
        current: Record of the version that readers have, if there is one.
    """

    connection: duckdb.DuckDBPyConnection
    planned: Planned
    candidates: Mapping[str, Candidate]
    failures: Sequence[str]
    unreadable: Sequence[str]
    data_as_of: datetime | None
    current: Record | None


def audit_of_source(failures: Sequence[str], unreadable: Sequence[str]) -> list[Check]:
    """What can be said before anything is written."""
    return [
        Check("tests", failures),
        Check("declared", unreadable),
    ]


def audit(audited: Audited) -> list[Check]:
    """All checks; what each is about is said by its function."""
    checks: dict[str, Callable[[Audited], Iterator[str]]] = {
        "contract": _contract,
        "rows_complete": _row_counts,
        "rows_permitted": _rows_permitted,
        "guards": _guards,
        "moves_forward": _moves_forward,
    }
    return [
        *audit_of_source(audited.failures, audited.unreadable),
        *(Check(name, [*check(audited)]) for name, check in checks.items()),
    ]


def _contract(audited: Audited) -> Iterator[str]:
    """Every file has the permitted columns of the permitted relations, as declared."""
    as_duckdb = functools.cache(functools.partial(_as_duckdb, audited.connection))
    files = _columns(audited.connection)
    for audience, planned in audited.planned.items():
        there = files.get(audited.candidates[audience].name, {})
        for name in sorted(there.keys() - planned.keys()):
            yield f"{audience} must not have {name}"
        for name, published in planned.items():
            if name not in there:
                yield f"{audience} lacks {name}"
                continue
            promised = [
                (column, as_duckdb(kind) if kind else kept)
                for column, kind, kept in _beside(published, there[name])
            ]
            if promised != there[name]:
                yield f"{audience} gets {name} other than declared: {there[name]}"


def _columns(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """File -> relation -> columns with their types, as they are."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for file, relation, column, kind in connection.execute(
        "select '\"' || database_name || '\"', schema_name || '.' || table_name, "
        "column_name, data_type from duckdb_columns() "
        "where not internal and schema_name <> 'main' order by column_index"
    ).fetchall():
        relations = found.setdefault(file, {})
        relations.setdefault(relation, []).append((column, kind))
    return found


def _beside(
    published: Published, there: Sequence[tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """Permitted columns with their declared type and the one in the file."""
    kinds = dict(there)
    return [
        (name, published.relation.columns[name], kinds.get(name, "missing"))
        for name in published.grant.columns
    ]


def _as_duckdb(connection: duckdb.DuckDBPyConnection, kind: str) -> str:
    """A declared type as DuckDB calls it."""
    row = connection.execute(f"select typeof(cast(null as {kind}))").fetchone()
    return str(row[0]) if row else kind


def _row_counts(audited: Audited) -> Iterator[str]:
    """Every relation has the rows that its file says it has."""
    for audience, candidate, published, state in _published(audited):
        relation = published.relation
        row = audited.connection.execute(
            f'select count(*) from {candidate.name}."{relation.schema}".'
            f'"{relation.name}"'
        ).fetchone()
        if row is None or row[0] != state.figures.rows:
            yield f"{audience}: {relation} has {row} rows, not {state.figures.rows}"


def _rows_permitted(audited: Audited) -> Iterator[str]:
    """No row is of a jurisdiction that the audience may not see."""
    for audience, candidate, published, _ in _published(audited):
        if published.grant.jurisdictions is None:
            continue
        relation = published.relation
        permitted, bound = published.rows
        row = audited.connection.execute(
            f'select count(*) from {candidate.name}."{relation.schema}".'
            f'"{relation.name}" where ({permitted}) is not true',
            bound,
        ).fetchone()
        if row is None or row[0]:
            yield f"{audience} would see {row} foreign rows of {relation}"


def _guards(audited: Audited) -> Iterator[str]:
    """Nothing has moved further since the current version than the seed lets it."""
    if audited.current is None:
        return
    guards = {
        (row["schema_name"], row["relation_name"], row["measure"]): row
        for row in read_seed("publication_guards")
    }
    for audience, _, published, state in _published(audited):
        name = str(published.relation)
        before = audited.current["audiences"].get(audience, {}).get(name)
        if before is None or before["rights"] != state.rights:
            continue
        key = (published.relation.schema, published.relation.name)
        now = {"rows": Decimal(state.figures.rows), **state.figures.amounts}
        for measure, was in {"rows": before["rows"], **before["amounts"]}.items():
            general = "rows" if measure == "rows" else "amounts"
            general += "_that_grow" if published.growth else ""
            guard = guards.get((*key, measure)) or guards.get(("", "", general))
            if guard and (problem := _moved(guard, Decimal(was), now[measure])):
                yield f"{audience}: {measure} of {name} {problem}"


def _moved(guard: Mapping[str, str], was: Decimal, now: Decimal) -> str | None:
    """What is wrong with how far a measure moved, if anything."""
    if abs(was) < Decimal(guard["least_size"]):
        return None
    ratio = now / was
    if Decimal(guard["least_ratio"]) <= ratio <= Decimal(guard["most_ratio"]):
        return None
    return (
        f"went from {was:,} to {now:,}: {ratio:.4f} of what it was, "
        f"{guard['least_ratio']} to {guard['most_ratio']} is let through"
    )


def _moves_forward(audited: Audited) -> Iterator[str]:
    """The data is not older than what readers have."""
    was = audited.current and audited.current["data_as_of"]
    now = audited.data_as_of
    if was and (now is None or now < datetime.fromisoformat(was)):
        yield f"data as of {now} would take the place of data as of {was}"


def _published(
    audited: Audited,
) -> Iterator[tuple[str, Candidate, Published, State]]:
    for audience, planned in audited.planned.items():
        candidate = audited.candidates[audience]
        for name, published in planned.items():
            yield audience, candidate, published, candidate.states[name]

"""Publish: write every audience's file, audit them, and let readers have them."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.access.rights import Policy, grants_of
from orchestration.audit import Action, record
from orchestration.errors import WarehouseError
from orchestration.filings.revision import code_revision
from orchestration.serving import audit
from orchestration.serving.audit import Audited, Check, Planned
from orchestration.serving.plan import Published, plan
from orchestration.serving.reading import (
    Source,
    copy_out,
    source_of,
    warehouse_attached,
    workspace,
)
from orchestration.serving.shelf import Record, Shelf
from orchestration.serving.writing import Candidate
from orchestration.settings import Settings
from orchestration.transform import dbt

STORAGE = "v1.0.0"
"""Storage format that clients of DuckDB 1.0 and later open."""

PUBLICATION = """
    create or replace table {file}.publication as
    select
        ?::bigint as version, ?::varchar as audience, ?::timestamp as published_at,
        ?::timestamp as data_as_of, ?::varchar as checks_passed,
        ?::varchar as code_revision
"""


@dataclass(frozen=True)
class Options:
    """How to publish.

    Attributes:
        full: Write every file anew.
        resume: Also when a rollback holds publishing.
        accept: Publish although a guard or the age of the data is against it, for this
            reason.
    """

    full: bool = False
    resume: bool = False
    accept: str | None = None


@dataclass
class Publication:
    """What came of it.

    Attributes:
        version: The version that readers now have.
        is_new: Whether it was made now; nothing had changed otherwise.
        checks: What was looked at.
        changed: Audience -> relations that were written.
        seconds: Step -> wall time; `warehouse` is how long that was held for reading.
        data_as_of: known_at of the last load in it.
    """

    version: int
    is_new: bool
    checks: list[Check]
    changed: Mapping[str, list[str]]
    seconds: dict[str, float] = field(default_factory=dict)
    data_as_of: datetime | None = None


class AuditError(WarehouseError):
    """An audit stopped a publication.

    Attributes:
        checks: What was looked at.
    """

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = checks
        failed = [check for check in checks if not check.passed]
        lines = [f"  {c.name}: {p}" for c in failed for p in c.problems[:10]]
        super().__init__(
            "Nothing was published, the audit found:\n" + "\n".join(lines),
            "Readers keep the version they have. docs/runbooks/publish-failed.md says "
            "what each check means and what to do.",
        )


class HeldError(WarehouseError):
    """Nothing is published, because somebody rolled back."""


def publish(settings: Settings, options: Options | None = None) -> Publication:
    """Publish what has been built, if it is any different.

    Raises:
        AuditError: Something is wrong with it; readers keep what they have.
        HeldError: Somebody rolled back.
        WarehouseBusyError: Somebody writes the warehouse, or publishes.
        WarehouseError: It cannot be published: no build, other engine.
    """
    options = options or Options()
    if settings.target != "duckdb":
        raise WarehouseError(
            "On Redshift a build publishes by itself: readers read its schemas.",
            "Their rights are roles; see docs/guides/redshift.md.",
            exit_code=2,
        )
    shelf = Shelf(settings.serving)
    with shelf.only_publisher():
        shelf.clean()
        record_current(settings, shelf)
        hold = shelf.held()
        if hold and not options.resume:
            raise HeldError(
                f"Nothing is published since version {hold.withdrawn} was taken back: "
                f"{hold.reason}",
                "Put right what was wrong, then run `warehouse publish --resume`.",
            )
        return _Press(settings, shelf, options).run()


class _Press:
    """One publication in the making."""

    def __init__(self, settings: Settings, shelf: Shelf, options: Options) -> None:
        self._settings = settings
        self._shelf = shelf
        self._options = options
        self._manifest = dbt.manifest(settings)
        self._grants = grants_of(self._manifest, Policy.of_checkout())
        self._unreadable: list[str] = []
        self._clock = _Clock()
        # After a rollback nothing that was published is gone on from.
        self._anew = options.full or shelf.held() is not None

    def run(self) -> Publication:
        """Make it, and let readers have it."""
        audiences = sorted(plan(self._manifest, self._grants, ""))
        with self._clock("prepare"):
            self._prepare(audiences)
        with workspace(self._settings) as connection:
            planned, candidates, source = self._fill(connection, audiences)
            version = self._shelf.next_version()
            current = self._shelf.current()
            before = self._shelf.record(current) if current else None
            with self._clock("audit"):
                checks = audit.audit(
                    Audited(
                        connection, planned, candidates, source.findings,
                        self._unreadable, source.data_as_of, before,
                    )
                )  # fmt: skip
                self._must_pass(checks)
            made = _record(version, source, checks, candidates, self._options)
            if before and current and not self._is_news(made, before):
                return self._result(current, source, checks, candidates, is_new=False)
            with self._clock("write"):
                self._close(connection, made, candidates)
        with self._clock("install"):
            self._shelf.install(version, audiences, made)
        with self._clock("swap"):
            self._shelf.swap(version)
        record_current(self._settings, self._shelf)
        self._let_go()
        return self._result(version, source, checks, candidates, is_new=True)

    def _prepare(self, audiences: list[str]) -> None:
        """Have something to go on from in each folder: best, nobody's old version."""
        shelf, current = self._shelf, self._shelf.current()
        for audience in audiences:
            shelf.file(audience).parent.mkdir(mode=0o750, exist_ok=True)
        if self._anew:
            return
        kept = shelf.versions()
        waiting = all(shelf.file(audience).exists() for audience in audiences)
        oldest = min(kept, default=current)
        if len(kept) >= self._settings.kept_publications and oldest != current:
            if not waiting and oldest is not None:
                shelf.reuse(oldest, audiences)
        if current is not None:
            for audience in audiences:
                if not shelf.file(audience).exists():
                    _copy(shelf.file(audience, current), shelf.file(audience))

    def _fill(
        self, connection: duckdb.DuckDBPyConnection, audiences: list[str]
    ) -> tuple[Planned, dict[str, Candidate], Source]:
        """Read the warehouse once, then bring every file up to date."""
        nodes = frozenset(self._manifest["nodes"])
        files = {
            audience: self._attached(connection, audience) for audience in audiences
        }
        with self._clock("warehouse"), warehouse_attached(connection, self._settings):
            source = source_of(connection, nodes)
            self._must_pass(audit.audit_of_source(source.findings, []))
            planned = {
                audience: {str(one.relation): one for one in published}
                for audience, published in plan(
                    self._manifest, self._grants, source.identity
                ).items()
            }
            for audience in audiences:
                if not files[audience].has_less_than(planned[audience]):
                    files[audience] = self._afresh(connection, audience)
            for readers in _by_relation(planned, files).values():
                problem = copy_out(connection, readers[0][0].relation, readers)
                self._unreadable += [problem] if problem else []
        self._must_pass(audit.audit_of_source(source.findings, self._unreadable))
        with self._clock("write"):
            for audience, file in files.items():
                file.bring_up_to_date(planned[audience])
        return planned, files, source

    def _attached(
        self, connection: duckdb.DuckDBPyConnection, audience: str
    ) -> Candidate:
        """The audience's candidate; a new one if it is in use, broken or half empty."""
        if self._anew:
            return self._afresh(connection, audience)
        try:
            candidate = self._attach(connection, audience)
        except (duckdb.IOException, duckdb.CatalogException):
            # A reader holds it open still, and keeps it by that; or it is no database.
            self._drop(audience)
            current = self._shelf.current()
            if current is not None and self._shelf.file(audience, current).exists():
                _copy(self._shelf.file(audience, current), self._shelf.file(audience))
            candidate = self._attach(connection, audience)
        if _is_half_empty(connection, audience):
            return self._afresh(connection, audience)
        return candidate

    def _afresh(
        self, connection: duckdb.DuckDBPyConnection, audience: str
    ) -> Candidate:
        """An empty candidate."""
        connection.execute(f'detach database if exists "{_alias(audience)}"')
        self._drop(audience)
        return self._attach(connection, audience)

    def _attach(
        self, connection: duckdb.DuckDBPyConnection, audience: str
    ) -> Candidate:
        path = str(self._shelf.file(audience)).replace("'", "''")
        connection.execute(
            f"attach '{path}' as \"{_alias(audience)}\" (storage_version '{STORAGE}')"
        )
        return Candidate(connection, _alias(audience))

    def _drop(self, audience: str) -> None:
        candidate = self._shelf.file(audience)
        for file in (candidate, candidate.with_name(f"{candidate.name}.wal")):
            file.unlink(missing_ok=True)

    def _must_pass(self, checks: Sequence[Check]) -> None:
        """Stop, unless what was found is what a person said to publish all the same."""
        excused = {"guards", "moves_forward"} if self._options.accept else set()
        if any(not check.passed and check.name not in excused for check in checks):
            raise AuditError(checks)

    def _is_news(self, made: Record, current: Record) -> bool:
        """Whether readers would see any difference, or were promised one."""
        compared = ("audiences", "data_as_of", "code_revision")
        same = all(made[key] == current[key] for key in compared)
        return self._anew or not same

    def _close(
        self,
        connection: duckdb.DuckDBPyConnection,
        made: Record,
        candidates: Mapping[str, Candidate],
    ) -> None:
        """Say in each file what it is, and have all of it in the one file."""
        for audience, candidate in candidates.items():
            connection.execute(
                PUBLICATION.format(file=candidate.name),
                [
                    made["version"], audience, made["published_at"], made["data_as_of"],
                    ", ".join(made["checks"]), made["code_revision"],
                ],
            )  # fmt: skip
            connection.execute(f"checkpoint {candidate.name}")
            connection.execute(f"detach {candidate.name}")

    def _let_go(self) -> None:
        """Forget versions beyond those kept, and those that were withdrawn."""
        shelf, hold = self._shelf, self._shelf.held()
        if hold:
            for version in shelf.versions():
                if hold.to < version <= hold.withdrawn:
                    shelf.forget(version)
            shelf.release()
        for version in shelf.versions()[: -self._settings.kept_publications]:
            shelf.forget(version)
        shelf.clean()

    def _result(
        self,
        version: int,
        source: Source,
        checks: list[Check],
        candidates: Mapping[str, Candidate],
        *,
        is_new: bool,
    ) -> Publication:
        changed = {audience: file.changed for audience, file in candidates.items()}
        return Publication(
            version, is_new, checks, changed, self._clock.seconds, source.data_as_of
        )


class _Clock:
    """Wall time of steps; one that is entered twice adds up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        started = datetime.now(UTC)
        try:
            yield
        finally:
            took = (datetime.now(UTC) - started).total_seconds()
            self.seconds[step] = self.seconds.get(step, 0.0) + took


def record_current(settings: Settings, shelf: Shelf) -> None:
    """Have the publication that readers have in the audit trail, if it is not yet.

    A process that dies between the swap and its record leaves that to the next.
    """
    version = shelf.current()
    if version is None or shelf.is_recorded(version):
        return
    made = shelf.record(version)
    told = ("version", "data_as_of", "code_revision", "checks", "accepted")
    record(
        settings,
        Action.PUBLISH,
        {name: made[name] for name in told} | {"audiences": [*made["audiences"]]},
    )
    shelf.mark_recorded(version)


def _alias(audience: str) -> str:
    """Name that its file is attached under: schemas are named like audiences."""
    return f"for_{audience}"


def _by_relation(
    planned: Planned, files: Mapping[str, Candidate]
) -> dict[str, list[tuple[Published, Candidate]]]:
    """Each relation with all that get it."""
    found: dict[str, list[tuple[Published, Candidate]]] = {}
    for audience, published in planned.items():
        for name, one in published.items():
            found.setdefault(name, []).append((one, files[audience]))
    return found


def _record(
    version: int,
    source: Source,
    checks: Sequence[Check],
    candidates: Mapping[str, Candidate],
    options: Options,
) -> Record:
    """What is kept of a publication."""
    audiences: dict[str, Any] = {
        audience: {
            name: {
                "rights": state.rights,
                "rows": state.figures.rows,
                "fingerprint": str(state.figures.fingerprint),
                "amounts": {k: str(v) for k, v in state.figures.amounts.items()},
            }
            for name, state in sorted(candidate.states.items())
        }
        for audience, candidate in candidates.items()
    }
    as_of = source.data_as_of
    return {
        "version": version,
        "published_at": datetime.now(UTC).replace(tzinfo=None).isoformat(),
        "data_as_of": as_of and as_of.isoformat(),
        "code_revision": code_revision(),
        "checks": [check.name for check in checks if check.passed],
        "accepted": options.accept,
        "audiences": audiences,
    }


def _is_half_empty(connection: duckdb.DuckDBPyConnection, audience: str) -> bool:
    """Whether more than half of a file of some size is free blocks."""
    for name, _, block_size, total, _, free, *_ in connection.execute(
        "call pragma_database_size()"
    ).fetchall():
        if name == _alias(audience):
            return bool(total * block_size > 64 << 20 and free * 2 > total)
    return False


def _copy(source: Path, target: Path) -> None:
    """Copy a file; file systems that can share its blocks do."""
    making = target.with_name(f".{target.name}")
    try:
        with source.open("rb") as old, making.open("wb") as new:
            left = source.stat().st_size
            while left > 0:
                left -= os.copy_file_range(old.fileno(), new.fileno(), left)
    except OSError:
        shutil.copyfile(source, making)
    making.chmod(0o640)
    making.replace(target)

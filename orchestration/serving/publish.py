"""Publish: write every audience's file, audit them, and let readers have them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb

from orchestration.access.rights import Policy, grants_of
from orchestration.errors import WarehouseError
from orchestration.privacy.journal import refuse_while_unfinished
from orchestration.serving import audit
from orchestration.serving.audit import Audited, Check, Planned
from orchestration.serving.candidates import Candidates
from orchestration.serving.plan import Published, plan
from orchestration.serving.publication import (
    AuditError,
    HeldError,
    Options,
    Publication,
    record_current,
    record_of,
    shows_too_much,
)
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

PUBLICATION = """
    create or replace table {file}.publication as
    select
        ?::bigint as version, ?::varchar as audience, ?::timestamp as published_at,
        ?::timestamp as data_as_of, ?::varchar as checks_passed,
        ?::varchar as code_revision
"""


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
        refuse_while_unfinished(settings)
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
        self._policy = Policy.of_checkout()
        self._grants = grants_of(self._manifest, self._policy)
        self._unreadable: list[str] = []
        self._clock = _Clock()
        # After a rollback nothing that was published is gone on from.
        self._anew = options.full or shelf.held() is not None
        kept = settings.kept_publications
        self._files = Candidates(shelf, kept, anew=self._anew)

    def run(self) -> Publication:
        """Make it, and let readers have it."""
        audiences = sorted(plan(self._manifest, self._grants, ""))
        with self._clock("prepare"):
            self._files.prepare(audiences)
        with workspace(self._settings) as connection:
            planned, candidates, source = self._fill(connection, audiences)
            version = self._shelf.next_version()
            current = self._shelf.current()
            before = self._shelf.record(current) if current else None
            with self._clock("audit"):
                checks = audit.audit(
                    Audited(
                        connection, planned, candidates, source.failures,
                        self._unreadable, source.data_as_of, before,
                    )
                )  # fmt: skip
                self._must_pass(checks)
            made = record_of(
                version, source, checks, candidates, planned, self._options
            )
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

    def _fill(
        self, connection: duckdb.DuckDBPyConnection, audiences: list[str]
    ) -> tuple[Planned, dict[str, Candidate], Source]:
        """Read the warehouse once, then bring every file up to date."""
        nodes = frozenset(self._manifest["nodes"])
        files = {
            audience: self._files.attached(connection, audience)
            for audience in audiences
        }
        with self._clock("warehouse"), warehouse_attached(connection, self._settings):
            source = source_of(connection, nodes)
            self._must_pass(audit.audit_of_source(source.failures, []))
            planned = {
                audience: {str(one.relation): one for one in published}
                for audience, published in plan(
                    self._manifest, self._grants, source.identity
                ).items()
            }
            for audience in audiences:
                if not files[audience].has_less_than(planned[audience]):
                    files[audience] = self._files.afresh(connection, audience)
            for readers in _by_relation(planned, files).values():
                problem = copy_out(connection, readers[0][0].relation, readers)
                self._unreadable += [problem] if problem else []
        self._must_pass(audit.audit_of_source(source.failures, self._unreadable))
        with self._clock("write"):
            for audience, file in files.items():
                file.bring_up_to_date(planned[audience])
        return planned, files, source

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
        """Forget versions beyond those kept, withdrawn, or no longer permitted."""
        shelf, hold = self._shelf, self._shelf.held()
        if hold:
            for version in shelf.versions():
                if hold.to < version <= hold.withdrawn:
                    shelf.forget(version)
            shelf.release()
        kept = shelf.versions()[-self._settings.kept_publications :]
        for version in shelf.versions():
            made = shelf.record(version)
            if version not in kept or shows_too_much(made, self._policy):
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


def _by_relation(
    planned: Planned, files: Mapping[str, Candidate]
) -> dict[str, list[tuple[Published, Candidate]]]:
    """Each relation with all that get it."""
    found: dict[str, list[tuple[Published, Candidate]]] = {}
    for audience, published in planned.items():
        for name, one in published.items():
            found.setdefault(name, []).append((one, files[audience]))
    return found


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

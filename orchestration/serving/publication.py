"""What a publication is: how it is asked for, what came of it, what is kept of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from orchestration.access.rights import Policy
from orchestration.audit import Action, record
from orchestration.errors import WarehouseError
from orchestration.revision import code_revision
from orchestration.serving.audit import Check, Planned
from orchestration.serving.plan import Published
from orchestration.serving.reading import Source
from orchestration.serving.shelf import Record, Shelf
from orchestration.serving.writing import Candidate
from orchestration.settings import Settings


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


def record_of(
    version: int,
    source: Source,
    checks: Sequence[Check],
    candidates: Mapping[str, Candidate],
    planned: Planned,
    options: Options,
) -> Record:
    """What is kept of a publication."""
    audiences: dict[str, Any] = {
        audience: {
            name: {
                "rights": state.rights,
                "columns": planned[audience][name].grant.columns,
                "jurisdictions": _listed(planned[audience][name]),
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


def _listed(published: Published) -> list[str] | None:
    """Jurisdictions as JSON has them."""
    jurisdictions = published.grant.jurisdictions
    return None if jurisdictions is None else list(jurisdictions)


def shows_too_much(made: Record, policy: Policy) -> bool:
    """Whether a version that is kept holds what its readers may no longer see.

    Columns and relations that the project no longer has are nobody's right or wrong.

    Args:
        made: Record of the version.
        policy: The policy in force.
    """
    for audience, relations in made["audiences"].items():
        for name, held in relations.items():
            may = policy.of(audience, *name.split("."))
            if may is None or may.hidden & {*held["columns"]}:
                return True
            rows = {*(held["jurisdictions"] or ["all"])}
            if may.jurisdictions is not None and not rows <= {*may.jurisdictions}:
                return True
    return False


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

"""The published files: an asset per audience, the audit as a check of each."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from orchestration.access.rights import UNPUBLISHED, Policy, grants_of
from orchestration.defs.project import (
    MANIFEST,
    RETRIES,
    SETTINGS,
    WAREHOUSE_POOL,
    failures_told_apart,
)
from orchestration.serving.audit import Check
from orchestration.serving.publication import AuditError, HeldError, Options
from orchestration.serving.publish import publish
from orchestration.settings import Settings

AUDIT = "audit"
GRANTS = [
    grant
    for grant in grants_of(MANIFEST, Policy.of_checkout())
    if grant.relation.schema not in UNPUBLISHED
]
AUDIENCES = sorted({grant.audience for grant in GRANTS})


class Publish(dg.Config):
    """Options of a publication.

    Attributes:
        full: Write every file anew, as once a day: whatever may have been missed is
        made
            good.
    """

    full: bool = False


def publication_key(audience: str) -> dg.AssetKey:
    """Key of an audience's file."""
    return dg.AssetKey(["serving", audience])


def audited(
    checks: Sequence[Check], severity: dg.AssetCheckSeverity
) -> Iterator[dg.AssetCheckResult]:
    """What the audit found, as the check of every file: they stand or fall together.

    Args:
        checks: What was looked at; problems are counted, not told, for they may quote.
        severity: Of a failure.
    """
    failed = {check.name: len(check.problems) for check in checks if not check.passed}
    for audience in AUDIENCES:
        yield dg.AssetCheckResult(
            asset_key=publication_key(audience),
            check_name=AUDIT,
            passed=not failed,
            severity=severity,
            metadata={"checks": len(checks), **failed},
        )


@dg.multi_asset(
    name="publish",
    specs=[
        dg.AssetSpec(
            publication_key(audience),
            deps=[
                dg.AssetKey([grant.relation.schema, grant.relation.name])
                for grant in GRANTS
                if grant.audience == audience
            ],
            skippable=True,
            group_name="serving",
            kinds={"duckdb"},
            description=f"What {audience} may see, as the file that it opens; "
            "docs/access.md says what that is.",
        )
        # On Redshift a build publishes by itself: readers read its schemas.
        for audience in (AUDIENCES if SETTINGS.target == "duckdb" else [])
    ],
    check_specs=[
        dg.AssetCheckSpec(AUDIT, asset=publication_key(audience), blocking=True)
        for audience in (AUDIENCES if SETTINGS.target == "duckdb" else [])
    ],
    pool=WAREHOUSE_POOL,
    retry_policy=RETRIES,
)
def published_files(
    context: dg.AssetExecutionContext, config: Publish
) -> Iterator[Any]:
    """Publish what was built; after a rollback, nothing until somebody resumes."""
    settings = Settings.from_environment()
    with failures_told_apart():
        try:
            done = publish(settings, Options(full=config.full))
        except HeldError as error:
            context.log.warning(error.message)
            yield from audited(
                [Check("held", [error.message])], dg.AssetCheckSeverity.WARN
            )
            return
        except AuditError as error:
            yield from audited(error.checks, dg.AssetCheckSeverity.ERROR)
            raise
    yield from audited(done.checks, dg.AssetCheckSeverity.ERROR)
    if not done.is_new:
        return
    for audience in AUDIENCES:
        yield dg.MaterializeResult(
            asset_key=publication_key(audience),
            metadata={
                "version": done.version,
                "relations_written": len(done.changed[audience]),
                "data_as_of": str(done.data_as_of),
                "warehouse_held_seconds": done.seconds["warehouse"],
            },
        )

"""Once a day: erase what no hold keeps any more, and apply the retention policies."""

import dagster as dg

from orchestration.defs.project import RETRIES, WAREHOUSE_POOL, failures_told_apart
from orchestration.privacy.erase import finish_lapsed
from orchestration.retention.policies import apply
from orchestration.settings import Settings


@dg.op(pool=WAREHOUSE_POOL, retry_policy=RETRIES)
def let_go(context: dg.OpExecutionContext) -> None:
    """Erase lapsed holds, then archive and delete by policy."""
    settings = Settings.from_environment()
    if settings.target != "duckdb" or settings.landing_url:
        context.log.info("Neither is built for Redshift or for files on S3.")
        return
    if not settings.database.exists():
        context.log.info("There is no warehouse yet.")
        return
    with failures_told_apart():
        certificate = finish_lapsed(settings)
        rows = apply(settings)
    if certificate:
        context.log.info("certificate %s", certificate.name)
    for row in rows:
        if row["count"]:
            context.log.info("%s %s: %d", row["place"], row["action"], row["count"])


@dg.job(description="Erase what no hold keeps any more; archive and delete by policy.")
def retention() -> None:
    """One step."""
    let_go()


retention_schedule = dg.ScheduleDefinition(
    job=retention,
    cron_schedule="15 6 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

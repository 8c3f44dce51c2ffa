"""A run that failed is told to a webhook, or at least to the log."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import dagster as dg

from orchestration.defs.alerts.webhook import post

WEBHOOK = "WAREHOUSE_ALERT_WEBHOOK"
"""Environment variable with the address that alerts are posted to."""


@dataclass(frozen=True)
class Alert:
    """What people are told: names only, for a message may quote a customer's data.

    Attributes:
        text: One sentence; the field that chat services show.
        job: Job whose run failed.
        run_id: The run, where Dagster shows the rest.
        failed_steps: Steps that failed.
        failed_checks: dbt tests that failed with severity error, as `asset: test`.
        errors: Classes of the errors at the root of it.
    """

    text: str
    job: str
    run_id: str
    failed_steps: Sequence[str]
    failed_checks: Sequence[str]
    errors: Sequence[str]


def alert_of(
    run: dg.DagsterRun,
    failures: Sequence[dg.DagsterEvent],
    checks: Sequence[dg.AssetCheckEvaluation],
) -> Alert:
    """Put a failure into words.

    Args:
        run: The run that failed.
        failures: Its step failure events; none when the process died.
        checks: What its asset checks found.
    """
    failed_checks = sorted(
        f"{check.asset_key.to_user_string()}: {check.check_name}"
        for check in checks
        if not check.passed and check.severity is dg.AssetCheckSeverity.ERROR
    )
    steps = sorted({event.step_key for event in failures if event.step_key})
    errors = sorted({_root_cause(event) for event in failures})
    where = f" in {', '.join(steps)}" if steps else ": its process ended early"
    tests = f"; {len(failed_checks)} tests failed" if failed_checks else ""
    return Alert(
        text=f"Run {run.run_id[:8]} of {run.job_name} failed{where}{tests}.",
        job=run.job_name,
        run_id=run.run_id,
        failed_steps=steps,
        failed_checks=failed_checks,
        errors=errors,
    )


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def failure_alert(context: dg.RunFailureSensorContext) -> None:
    """Post what failed to WAREHOUSE_ALERT_WEBHOOK; log it when there is none."""
    alert = alert_of(
        context.dagster_run, context.get_step_failure_events(), _checks(context)
    )
    context.log.error(alert.text)
    if url := os.environ.get(WEBHOOK):
        post(url, asdict(alert))
    else:
        context.log.warning("Nobody was told: %s is not set.", WEBHOOK)


def _root_cause(failure: dg.DagsterEvent) -> str:
    error = failure.step_failure_data.error
    while error and error.cause:
        error = error.cause
    return (error and error.cls_name) or "unknown"


def _checks(context: dg.RunFailureSensorContext) -> list[dg.AssetCheckEvaluation]:
    records = context.instance.get_records_for_run(
        context.dagster_run.run_id,
        of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    ).records
    events = [record.event_log_entry.dagster_event for record in records]
    return [event.asset_check_evaluation_data for event in events if event]

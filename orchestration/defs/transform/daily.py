"""Once a day, whatever arrives: build, and test all of history."""

import dagster as dg

daily_build = dg.define_asset_job(
    "daily_build",
    # Without the load, which would skip the tests when nothing is new.
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("raw"),
    config={
        "ops": {
            "dbt_build": {"config": {"all_tests": True}},
            "publish": {"config": {"full": True}},
        }
    },
    description="Build all models, run all tests, those of whole history included, and "
    "write every published file anew.",
)

# After midnight in New York. Days of licences further west are still open then, as days
# of all licences are at any build: what comes later is in later versions.
daily_schedule = dg.ScheduleDefinition(
    job=daily_build,
    cron_schedule="30 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

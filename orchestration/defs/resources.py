"""What assets are given, and how the steps of a run are executed."""

import sys
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.defs.project import PROJECT


@dg.definitions
def resources() -> dg.Definitions:
    """Dbt's command line, and one process per run."""
    return dg.Definitions(
        resources={
            # Beside this interpreter, so that the environment need not be activated.
            "dbt": DbtCliResource(
                PROJECT, dbt_executable=Path(sys.executable).parent / "dbt"
            )
        },
        # The steps of a run follow each other: a process for each would only load
        # these definitions again.
        executor=dg.in_process_executor,
    )

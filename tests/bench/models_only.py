"""Build the models alone: what hand-written SQL is compared with."""

from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.build import step_windows

if __name__ == "__main__":
    settings = Settings.from_environment()
    step_windows(settings)
    dbt.run(settings, ["build", "--resource-type", "model", "--resource-type", "seed"])

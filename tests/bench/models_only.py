"""Build the marts alone: what hand-written SQL is compared with.

Snapshots, what only they read, and tests are left out: there are none by hand.
"""

from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.build import ONE_MODEL_AT_A_TIME, step_windows

if __name__ == "__main__":
    settings = Settings.from_environment()
    step_windows(settings)
    marts = ["build", "--select", "+path:models/marts", *ONE_MODEL_AT_A_TIME]
    dbt.run(settings, [*marts, "--exclude-resource-type", "test", "unit_test"])

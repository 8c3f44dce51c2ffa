"""Build the marts that are written by hand, too: `by_hand.py`."""

from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.build import ONE_MODEL_AT_A_TIME, step_windows

MARTS = (
    "fct_bet_ledger_entries",
    "rpt_daily_revenue_versions",
    "fct_open_bets",
    "rpt_settlement_ageing",
    "rpt_settlement_tracking",
    "dim_events",
)

if __name__ == "__main__":
    settings = Settings.from_environment()
    step_windows(settings)
    with_parents = [f"+{mart}" for mart in MARTS]
    no_tests = ["--exclude-resource-type", "test", "unit_test"]
    arguments = ["build", "--select", *with_parents, *no_tests, *ONE_MODEL_AT_A_TIME]
    dbt.run(settings, arguments)

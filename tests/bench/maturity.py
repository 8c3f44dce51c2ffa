"""Do 80 % intervals hold 80 %? `make bench-maturity`.

An operator of a few bets a day is simulated for most of a year and loaded day by day.
Each morning is then asked what the project's models say of the days before, knowing
only what was known then, and the answer is laid beside what came in the end.

Where most days move no more, the middle eight tenths of what came are all nought: an
interval without width, which no other interval around nought would hold less often.
These are counted apart, as points that are right or wrong.
"""

import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from orchestration.database import open_warehouse
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.load import load
from orchestration.settings import Settings
from orchestration.simulator import CORE, Dirt, SimulationConfig, simulate
from orchestration.transform import dbt
from orchestration.transform.build import ONE_MODEL_AT_A_TIME
from tests.bench.__main__ import deliver

STORIES = ("late_settlements", "resettlements", "rollbacks", "bet_corrections")
FIRST_ASKED = 40
"""Days of history before the first question."""

# All mornings instead of the last one; the models are the project's own.
MOMENTS = f"""
    drop view intermediate.int_moments_asked;
    create table intermediate.int_moments_asked as
    with loads as (
        select min(known_at) as first_at, max(known_at) as last_at from raw.loads
    )
    select distinct known_at as as_of_at
    from raw.loads, loads, (
        select max(horizon_days) as horizon_days from reference.maturity_rules
    )
    where known_at between first_at + interval {FIRST_ASKED} day
        and last_at - to_days(horizon_days)
"""


def percent(condition: str) -> str:
    """SQL of the share of intervals that meet a condition, in percent."""
    return (
        f"round(100.0 * count(*) filter (width > 0 and {condition}) "
        "/ nullif(count(*) filter (width > 0), 0), 1)"
    )


VERDICTS = f"""
    with verdicts as (
        select maturity.*, final.ggr_amount - maturity.ggr_amount as came_amount,
            high_change_amount - low_change_amount as width
        from finance.rpt_revenue_maturity as maturity
        cross join reference.maturity_rules
        join finance.rpt_daily_revenue_versions as final
            using (jurisdiction, currency_code, gaming_date)
        where final.basis = 'placed' and low_change_amount is not null
            and final.known_from <= as_of_at + to_days(horizon_days - age_days)
            and as_of_at + to_days(horizon_days - age_days) < final.known_to
    )
    select coalesce(cast(age_days as varchar), 'all ages') as age_days,
        count(distinct gaming_date) as gaming_days,
        round(100 * avg(settled_share), 1) as settled_percent,
        count(*) filter (width > 0) as intervals,
        {percent("came_amount between low_change_amount and high_change_amount")}
            as covered_percent,
        {percent("came_amount < low_change_amount")} as below_percent,
        {percent("came_amount > high_change_amount")} as above_percent,
        {percent("came_amount <> 0")} as moved_percent,
        round(median(width) filter (width > 0), 2) as usual_width,
        count(*) filter (width = 0) as points,
        round(100.0 * count(*) filter (width = 0 and came_amount = low_change_amount)
            / nullif(points, 0), 1) as points_right_percent
    from verdicts group by rollup (age_days)
    order by verdicts.age_days nulls last
"""


def build_history(settings: Settings, days: int, bets: int, seed: int) -> None:
    """Simulate, load each delivery at its own moment, and build the models."""
    config = SimulationConfig(
        seed=seed,
        first_date=date(2025, 1, 6),
        days=days,
        bets_per_day=bets,
        customers=400,
        dirt=Dirt.only(*STORIES),
        sources=CORE,
    )
    simulation = simulate(config, settings.home / "outbox", truth=False)
    contracts = contracts_of(dbt.manifest(settings))
    with open_warehouse(settings) as connection:
        for delivery in simulation.deliveries:
            deliver(settings.home, delivery)
            load(
                connection,
                contracts,
                settings.landing,
                known_at=delivery.delivered_at,
            )
    without = ("--exclude-resource-type", "test", "unit_test", "snapshot")
    selected = ("--select", "+rpt_revenue_maturity")
    dbt.run(settings, ["build", *selected, *without, *ONE_MODEL_AT_A_TIME])


def ask_each_morning(settings: Settings) -> None:
    """Let the models answer for all mornings at once."""
    with open_warehouse(settings) as connection:
        connection.execute(MOMENTS)
    models = ["int_revenue_aged", "int_revenue_projected", "rpt_revenue_maturity"]
    dbt.run(settings, ["run", "--select", *models, *ONE_MODEL_AT_A_TIME])


def main(
    days: Annotated[int, typer.Argument(min=60)] = 330,
    bets: Annotated[int, typer.Option(min=50, help="Bets a day.")] = 300,
    seed: Annotated[int, typer.Option(min=0)] = 5,
) -> None:
    """Print how often what came lay within the interval, by age of the day."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder))
        build_history(settings, days, bets, seed)
        ask_each_morning(settings)
        with duckdb.connect(str(settings.database), read_only=True) as connection:
            cursor = connection.execute(VERDICTS)
            names = [column[0] for column in cursor.description or ()]
            rows = cursor.fetchall()
    table = Table(*(name.replace("_", " ") for name in names))
    for row in rows:
        table.add_row(*(str(value) for value in row))
    Console(width=140).print(table)


if __name__ == "__main__":
    sys.exit(typer.run(main))

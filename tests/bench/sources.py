"""What a row of each source system costs to load: `python -m tests.bench.sources`.

Two days are simulated with every system. Each system's second day is loaded on top of
its first one, by itself, in a process of its own; what an empty load takes is deducted.
"""

import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from orchestration.simulator import Simulation, SimulationConfig, simulate
from tests.bench.__main__ import WAREHOUSE, Cost, measured

CORE = ("betting", "customers")
console = Console(stderr=True)


def main(
    bets: Annotated[int, typer.Argument(min=1, help="Bets a day.")] = 200_000,
) -> None:
    """Print rows, CPU seconds and CPU microseconds a row of each system."""
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        config = SimulationConfig(days=2, bets_per_day=bets, customers=bets // 20)
        simulation = simulate(config, root / "outbox", truth=False)
        systems = sorted({file.path.split("/")[0] for file in simulation.files})
        rows = Counter[str]()
        for file in simulation.files:
            rows[file.path.split("/")[0]] += file.row_count * (file.delivery == 2)
        idle = _second_load(simulation, root / "idle", "none")
        costs = {
            one: _second_load(simulation, root / one, one).cpu - idle.cpu
            for one in systems
        }
    finally:
        shutil.rmtree(root)
    core = sum(costs[one] for one in CORE) / sum(rows[one] for one in CORE)
    table = Table("source", "rows", "CPU s", "CPU us a row", "core = 1")
    for one in systems:
        each = costs[one] / rows[one]
        table.add_row(
            one, f"{rows[one]:,}", f"{costs[one]:.2f}", f"{each * 1e6:.1f}",
            f"{each / core:.1f}",
        )  # fmt: skip
    Console().print(table)


def _second_load(simulation: Simulation, home: Path, system: str) -> Cost:
    """Load a system's first day, then measure the load of its second."""
    cost = Cost(0.0, 0.0, 0.0)
    for delivery in simulation.deliveries:
        for file in delivery.files:
            if file.parts[0] == system:
                target = home / "landing" / file
                target.parent.mkdir(parents=True, exist_ok=True)
                target.hardlink_to(simulation.into / file)
        cost = measured(home, "-c", WAREHOUSE, "load")
        console.print(f"{system}: {cost.cpu:.2f} CPU s", highlight=False)
    return cost


if __name__ == "__main__":
    sys.exit(typer.run(main))

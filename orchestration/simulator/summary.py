"""A simulation in a few lines."""

from __future__ import annotations

from typing import Any

from orchestration.simulator.feeds import sources_of
from orchestration.simulator.simulation import Simulation


def _labels(simulation: Simulation) -> list[dict[str, Any]]:
    """Labels and labelled things of each kind."""
    grouped = simulation.labels.group_by(["kind", "item_type"], use_threads=False)
    counted = grouped.aggregate([("label_id", "count_distinct"), ("kind", "count")])
    labels: list[dict[str, Any]] = counted.sort_by(
        [("kind", "ascending"), ("item_type", "ascending")]
    ).to_pylist()
    return labels


def summary(simulation: Simulation) -> list[tuple[str, str]]:
    """What was simulated, as label and text, for printing."""
    tally, config = simulation.tally, simulation.config
    lines = [
        ("bets", f"{tally.bets:,}"),
        ("settlement versions", f"{tally.settlements:,}"),
        ("customers", f"{config.customers:,}"),
        ("deliveries", f"{len(simulation.deliveries):,}"),
        ("files", f"{len(simulation.files):,}"),
        ("source systems", f"{2 + len(sources_of(config)):,}"),
        ("rows in files", f"{sum(file.row_count for file in simulation.files):,}"),
    ]
    for currency in sorted(tally.handle):
        handle = tally.handle[currency] / 100
        settled, payout = tally.settled[currency], tally.payout[currency]
        margin = 1 - payout / settled if settled else 0.0
        lines.append((f"handle {currency}", f"{handle:,.2f} (margin {margin:.1%})"))
    for label in _labels(simulation):
        what = f"planted {label['kind'].replace('_', ' ')}: {label['item_type']}s"
        groups = f"{label['label_id_count_distinct']:,} groups"
        lines.append((what, f"{label['kind_count']:,} in {groups}"))
    faults = sorted(simulation.counts.items())
    return lines + [(kind.replace("_", " "), f"{count:,}") for kind, count in faults]

"""A simulation in a few lines."""

from __future__ import annotations

from orchestration.simulator.simulation import Simulation


def summary(simulation: Simulation) -> list[tuple[str, str]]:
    """What was simulated, as label and text, for printing."""
    tally, config = simulation.tally, simulation.config
    lines = [
        ("bets", f"{tally.bets:,}"),
        ("settlement versions", f"{tally.settlements:,}"),
        ("customers", f"{config.customers:,}"),
        ("deliveries", f"{len(simulation.deliveries):,}"),
        ("files", f"{len(simulation.files):,}"),
    ]
    for currency in sorted(tally.handle):
        handle = tally.handle[currency] / 100
        settled, payout = tally.settled[currency], tally.payout[currency]
        margin = 1 - payout / settled if settled else 0.0
        lines.append((f"handle {currency}", f"{handle:,.2f} (margin {margin:.1%})"))
    faults = sorted(simulation.counts.items())
    return lines + [(kind.replace("_", " "), f"{count:,}") for kind, count in faults]

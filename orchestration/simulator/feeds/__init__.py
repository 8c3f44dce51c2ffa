"""The source systems beside betting and customers, one module each."""

from __future__ import annotations

from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.feed import Feed
from orchestration.simulator.feeds import (
    bonuses,
    crm,
    devices,
    experiments,
    fx,
    geolocation,
    kyc,
    marketing,
    payments,
    product_events,
    safer_gambling,
    support,
    trading,
    wallet,
)
from orchestration.simulator.source import Source

SOURCES: tuple[Source, ...] = (
    bonuses.SOURCE,
    crm.SOURCE,
    devices.SOURCE,
    experiments.SOURCE,
    fx.SOURCE,
    geolocation.SOURCE,
    kyc.SOURCE,
    marketing.SOURCE,
    payments.SOURCE,
    product_events.SOURCE,
    safer_gambling.SOURCE,
    support.SOURCE,
    trading.TRADING,
    wallet.SOURCE,
)
FEEDS: tuple[Feed, ...] = tuple(feed for source in SOURCES for feed in source.feeds)


def sources_of(config: SimulationConfig) -> tuple[Source, ...]:
    """The systems that deliver in a simulation.

    Raises:
        ValueError: There is no system of a name that is asked for.
    """
    if config.sources is None:
        return SOURCES
    unknown = config.sources - {source.name for source in SOURCES}
    if unknown:
        msg = f"no source system is called {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    return tuple(source for source in SOURCES if source.name in config.sources)

"""A simulated sports-betting operator: parquet feeds from a seed, and the truth.

`simulate` writes the operator's files as its source systems would deliver them, dirt
included; `Truth` states what an all-knowing accountant would say about any of them.
"""

from orchestration.simulator.config import CORE, Dirt, SimulationConfig
from orchestration.simulator.records import Delivery, PlantedFault
from orchestration.simulator.simulation import Simulation, simulate
from orchestration.simulator.summary import summary
from orchestration.simulator.truth import Truth

__all__ = [
    "CORE",
    "Delivery",
    "Dirt",
    "PlantedFault",
    "Simulation",
    "SimulationConfig",
    "Truth",
    "simulate",
    "summary",
]

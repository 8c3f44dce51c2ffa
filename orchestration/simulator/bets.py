"""Rows of bets_placed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import (
    Ints,
    decimals,
    labels,
    moments,
    numbered,
    spans,
    stream,
)
from orchestration.simulator.clock import HOUR
from orchestration.simulator.contract import BETS, LEG
from orchestration.simulator.feed import AMOUNT, ODDS
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.population import Population, customer_ids
from orchestration.simulator.slips import Slips
from orchestration.simulator.world import JURISDICTIONS

CHANNELS = ("ios", "android", "web", "retail")
WEB, RETAIL = 2, 3
CHANNEL_SHARES = np.array([0.36, 0.34, 0.23, 0.07])
TYPES = ("single", "double", "treble", "accumulator", "system")
# Shared address space (RFC 6598): nobody's home.
ADDRESSES = pa.array(
    [f"100.{64 + n // 256}.{n % 256}.{n * 37 % 254 + 1}" for n in range(4096)]
)
PROMOTIONS = pa.array([f"promo-{number:02d}" for number in range(1, 25)])


def details_of(slips: Slips, seed: int) -> tuple[Ints, Ints]:
    """Channel and promotion (-1 is none) of each bet, the same in all its rows."""
    rng = stream(seed, 5, int(slips.recorded_at[0]) if len(slips) else 0)
    channels = np.searchsorted(np.cumsum(CHANNEL_SHARES)[:-1], rng.random(len(slips)))
    promoted = (slips.bonus > 0) | (rng.random(len(slips)) < 0.05)
    promotions = rng.integers(0, len(PROMOTIONS), len(slips))
    return channels, np.where(promoted, promotions, -1)


def bet_table(
    population: Population,
    slips: Slips,
    plan: Plan,
    prefix: str,
    channels: Ints,
    promotions: Ints,
) -> pa.Table:
    """The planned rows as the betting platform writes them.

    Args:
        population: All customers.
        slips: The unit's bets.
        plan: Rows; `source` is a position in `slips`.
        prefix: Head of the unit's bet ids.
        channels: Of each bet.
        promotions: Of each bet, -1 is none.
    """
    rows = plan.source
    jurisdiction, stake = slips.jurisdiction[rows], slips.stake[rows]
    channel, placed_at = channels[rows], slips.placed_at[rows]
    # A mistaken row errs in one of four ways; its correction states the truth.
    mistake = np.where(plan.content == WRONG, rows % 4, -1)
    stake = np.where(mistake == 0, stake * 10, stake)
    placed_at = np.where(mistake == 1, placed_at - 20 * HOUR, placed_at)
    jurisdiction = np.where(
        mistake == 2, (jurisdiction + 1) % len(JURISDICTIONS), jurisdiction
    )
    channel = np.where(mistake == 3, (channel + 1) % len(CHANNELS), channel)

    legs, fewest = slips.legs[rows], slips.fewest[rows]
    customer = slips.customer[rows]
    is_remote = channel != RETAIL
    kind = np.where(fewest > 0, 4, np.minimum(legs, 4) - 1)
    in_play = np.logical_or.reduceat(slips.leg_in_play, slips.first_leg)
    columns = [
        numbered(prefix, rows, 7),
        customer_ids(customer),
        moments(placed_at),
        labels([place.code for place in JURISDICTIONS], jurisdiction),
        labels([place.currency for place in JURISDICTIONS], jurisdiction),
        labels(CHANNELS, channel),
        _present(device_ids(population, customer, channel), is_remote),
        _present(ip_addresses(population, customer), is_remote),
        labels(TYPES, kind),
        pa.array(slips.lines[rows].astype(np.int32)),
        decimals(stake, AMOUNT),
        decimals(slips.bonus[rows], AMOUNT),
        decimals(np.round(slips.odds[rows] * 10_000), ODDS),
        decimals(slips.potential[rows], AMOUNT),
        pa.array(in_play[rows]),
        _present(labels(PROMOTIONS, promotions[rows].clip(0)), promotions[rows] >= 0),
        _legs(slips, plan),
        moments(plan.recorded_at),
    ]
    return pa.Table.from_arrays(columns, schema=BETS.schema)


def device_ids(population: Population, customer: Ints, channel: Ints) -> pa.Array:
    """The device that a customer uses on a remote channel."""
    return numbered("D", population.devices(customer) * 3 + channel, 10)


def ip_addresses(population: Population, customer: Ints) -> pa.Array:
    """Where a customer connects from; strangers may share it, as they do."""
    return labels(ADDRESSES, population.addresses(customer) * 7 % len(ADDRESSES))


def _legs(slips: Slips, plan: Plan) -> pa.Array:
    counts = slips.legs[plan.source]
    offsets, flat = spans(slips.first_leg[plan.source], counts)
    selection = slips.selection[flat]
    number = np.arange(len(flat)) - np.repeat(offsets[:-1], counts) + 1
    card = slips.card
    fields = [
        pa.array(number.astype(np.int32)),
        labels(card.event_names, card.event[selection]),
        labels(card.market_names, selection),
        labels(card.selection_names, selection),
        decimals(np.round(slips.leg_odds[flat] * 10_000), ODDS),
        pa.array(slips.leg_in_play[flat]),
    ]
    return pa.ListArray.from_arrays(
        pa.array(offsets), pa.StructArray.from_arrays(fields, fields=list(LEG))
    )


def _present(column: pa.Array, mask: np.ndarray) -> pa.Array:
    """The column where the mask holds, null elsewhere."""
    bits = pa.array(mask).buffers()[1]
    return pa.StringArray.from_buffers(len(column), *column.buffers()[1:], bits)

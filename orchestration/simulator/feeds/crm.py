"""Campaigns, who is addressed, who responds, and who agreed to be addressed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Ints, decimals, labels, moments, numbered
from orchestration.simulator.bets import PROMOTIONS
from orchestration.simulator.clock import DAY, HOUR, MINUTE
from orchestration.simulator.feed import MOMENT
from orchestration.simulator.feeds.crm_tables import (
    BOUNCED,
    CAMPAIGNS,
    CHANNELS,
    CONSENTS,
    DELIVERED,
    DRIVES,
    HELD_OUT,
    HOLDOUT,
    PURPOSES,
    RESPONSES,
    SENDS,
    SHARE,
    STATUSES,
)
from orchestration.simulator.feeds.writing import customers_mixed, maybe, write
from orchestration.simulator.labels import labels_of
from orchestration.simulator.lives import breached_by_message, lives_of
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.population import Population, customer_ids
from orchestration.simulator.profiles import opted_in
from orchestration.simulator.source import CustomersDrawn, Source
from orchestration.simulator.workbench import SourceBench

EVERY = 3  # days between two messages of a campaign
REACHED = 0.12  # of those who may be addressed, by a message
BOUNCE_RATE, OPEN_RATE, CLICK_RATE = 0.02, 0.25, 0.2
SEND_HOUR = 9 * HOUR  # after the business day begins


def campaign(bench: SourceBench, drawn: CustomersDrawn) -> None:
    """Consents of the unit's customers; once a day, messages and responses."""
    _consent(bench, drawn)
    if bench.is_first_of_day:
        if bench.unit.day == 0:
            _define(bench)
        _send(bench, drawn.population)


def _consent(bench: SourceBench, drawn: CustomersDrawn) -> None:
    """What profiles say of marketing, for each channel, whenever it changes."""
    number, edition = drawn.statements.number, drawn.statements.edition
    granted, is_news = opted_in(number, edition), edition == 0
    if not is_news.all():
        before = lives_of(bench.config).editions(bench.unit.day)[number]
        is_news |= granted != opted_in(number, before)
    news = np.flatnonzero(is_news)
    row = np.repeat(news, len(CHANNELS))
    channel = np.tile(np.arange(len(CHANNELS)), len(news))
    when = drawn.statements.updated_at[row]
    prefix = f"Y{bench.unit.day:04d}{bench.unit.chunk:04d}-"

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        # A mistaken row is a second out, never about the consent.
        shift = np.where(plan.content == WRONG, 1_000, 0)
        is_change = (edition[row[rows]] > 0).astype(np.int64)
        return [
            numbered(prefix, rows, 8),
            customer_ids(number[row[rows]]),
            labels(CHANNELS, channel[rows]),
            labels(("registration", "profile"), is_change),
            pa.array(granted[row[rows]]),
            moments(when[rows] - shift),
        ]

    write(bench, CONSENTS, when + 3_000, columns)


def _audience(bench: SourceBench, population: Population, when: int) -> Ints:
    """Who may be addressed at a moment: agreed to it, no tester, not excluded."""
    lives, day = lives_of(bench.config), bench.unit.day
    number = np.arange(population.registered_before(day))
    agreed = opted_in(number, lives.editions(day)[: len(number)])
    agreed &= ~population.is_test[number] & (population.flag_day[number] < 0)
    agreed[lives.changed[day][lives.changed[day] < len(number)]] = False
    found: Ints = number[
        agreed & ~lives.is_excluded(number, np.full(len(number), when))
    ]
    return found


def _send(bench: SourceBench, population: Population) -> None:
    """The day's messages; part of each audience is held out for comparison."""
    day, rng = bench.unit.day, bench.rng
    noon = bench.clock.day_start(day) + SEND_HOUR
    audience = _audience(bench, population, noon + 2 * HOUR)
    numbers, drives = [], []
    for place in range(day % EVERY, len(DRIVES), EVERY):
        drawn = customers_mixed(audience, 100 + place * 1_000 + day) % 10_000
        numbers.append(audience[drawn < REACHED * 10_000])
        drives.append(np.full(len(numbers[-1]), place))
    wrongly = breached_by_message(bench.config, noon)
    number = np.concatenate([*numbers, wrongly])
    drive = np.concatenate([*drives, np.full(len(wrongly), day % EVERY)])
    held = customers_mixed(number, 300 + drive) % 10_000 < HOLDOUT * 10_000
    held[len(number) - len(wrongly) :] = False
    bounced = ~held & (rng.random(len(number)) < BOUNCE_RATE)
    status = np.where(held, HELD_OUT, np.where(bounced, BOUNCED, DELIVERED))
    when = noon + rng.integers(0, 2 * HOUR, len(number))
    prefix = f"M{day:04d}-"

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        shift = np.where(plan.content == WRONG, 1_000, 0)
        return [
            numbered(prefix, rows, 8),
            numbered("campaign-", drive[rows] + 1, 3),
            customer_ids(number[rows]),
            labels(STATUSES, status[rows]),
            moments(when[rows] - shift),
        ]

    write(bench, SENDS, when + 2_000, columns)
    first = len(number) - len(wrongly)
    planted = np.arange(first, len(number))
    bench.labels.append(
        labels_of(
            "messages_while_excluded",
            day * 1_000 + planted - first,
            wrongly,
            when[first:],
            item_type="message",
            item_id=numbered(prefix, planted, 8),
        )
    )
    _respond(bench, prefix, number, when, np.flatnonzero(status == DELIVERED))


def _respond(
    bench: SourceBench, prefix: str, number: Ints, sent: Ints, delivered: Ints
) -> None:
    rng = bench.rng
    opened = delivered[rng.random(len(delivered)) < OPEN_RATE]
    clicked = rng.random(len(opened)) < CLICK_RATE
    at = sent[opened] + MINUTE + rng.exponential(4 * HOUR, len(opened)).astype(np.int64)
    send = np.concatenate([opened, opened[clicked]])
    is_click = np.arange(len(send)) >= len(opened)
    when = np.concatenate(
        [at, at[clicked] + rng.integers(2_000, MINUTE, clicked.sum())]
    )

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        shift = np.where(plan.content == WRONG, 1_000, 0)
        return [
            numbered(f"O{prefix[1:]}", rows, 8),
            numbered(prefix, send[rows], 8),
            customer_ids(number[send[rows]]),
            labels(("open", "click"), is_click[rows].astype(np.int64)),
            moments(when[rows] + shift),
        ]

    write(bench, RESPONSES, when + 2_000, columns)


def _define(bench: SourceBench) -> None:
    start = bench.clock.start - 7 * DAY

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        promotion = np.array([drive.promotion for drive in DRIVES])[rows]
        # A mistaken row gives twice the holdout.
        share = round(HOLDOUT * 10_000) * np.where(plan.content == WRONG, 2, 1)
        return [
            numbered("campaign-", rows + 1, 3),
            labels([drive.name for drive in DRIVES], rows),
            labels(CHANNELS, np.array([drive.channel for drive in DRIVES])[rows]),
            labels(PURPOSES, np.array([drive.purpose for drive in DRIVES])[rows]),
            maybe(labels(PROMOTIONS, promotion.clip(0)), promotion >= 0),
            decimals(share, SHARE),
            moments(np.full(len(rows), start)),
            pa.nulls(len(rows), MOMENT),
        ]

    write(bench, CAMPAIGNS, np.full(len(DRIVES), start - DAY), columns)


SOURCE = Source("crm", (CAMPAIGNS, SENDS, RESPONSES, CONSENTS), on_customers=campaign)

"""Marketing books: daily costs, restated; touchpoints, referrals, affiliates' deals."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Ints, decimals, labels, moments, numbered
from orchestration.simulator.clock import CUTOFF, DAY, HOUR, MINUTE
from orchestration.simulator.feed import AMOUNT, MOMENT, Feed
from orchestration.simulator.feeds.marketing_deals import (
    AFFILIATES,
    CURRENCY,
    DEALS,
    agree,
)
from orchestration.simulator.feeds.writing import (
    customers_mixed,
    maybe,
    write,
    write_stages,
)
from orchestration.simulator.plan import TRUE, WRONG, Plan
from orchestration.simulator.population import customer_ids, registered_at
from orchestration.simulator.profiles import SOURCES as ORIGINS
from orchestration.simulator.profiles import acquisition
from orchestration.simulator.source import CustomersDrawn, Source
from orchestration.simulator.workbench import SourceBench

CHANNELS = (*ORIGINS, "display")  # a profile names one of the origins
AFFILIATE, PAID_SEARCH, SOCIAL, REFERRAL, DISPLAY = 1, 2, 3, 4, 5
PAID = (PAID_SEARCH, SOCIAL, DISPLAY)
CAMPAIGNS = 4  # of each paid channel
CODES = [f"{channel}-{n + 1}" for channel in CHANNELS for n in range(CAMPAIGNS)]
MOST_TOUCHES = 4

COSTS = Feed(
    source="marketing",
    table="channel_costs",
    keys=("cost_date", "marketing_channel", "campaign_code"),
    schema=pa.schema(
        [
            ("marketing_channel", pa.string()),
            ("campaign_code", pa.string()),
            ("currency_code", pa.string()),
            ("impression_count", pa.int64()),
            ("click_count", pa.int64()),
            ("cost_amount", AMOUNT),
            ("cost_date", pa.date32()),
            ("recorded_at", MOMENT),
        ]
    ),
    values={"marketing_channel": tuple(CHANNELS[channel] for channel in PAID)},
    unsigned=("cost_amount",),
)
TOUCHPOINTS = Feed(
    source="marketing",
    table="touchpoints",
    keys=("touchpoint_id",),
    schema=pa.schema(
        [
            ("touchpoint_id", pa.string()),
            ("customer_id", pa.string()),
            ("marketing_channel", pa.string()),
            ("campaign_code", pa.string()),
            ("affiliate_id", pa.string()),
            ("click_id", pa.string()),
            ("touched_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"campaign_code", "affiliate_id", "click_id"}),
    values={"marketing_channel": CHANNELS},
)
REFERRALS = Feed(
    source="marketing",
    table="referrals",
    keys=("referral_id",),
    schema=pa.schema(
        [
            ("referral_id", pa.string()),
            ("referrer_customer_id", pa.string()),
            ("referred_customer_id", pa.string()),
            ("referred_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
)


def market(bench: SourceBench, drawn: CustomersDrawn) -> None:
    """Where the unit's new customers came from; once a day, what the day cost."""
    statements = drawn.statements
    fresh = statements.number[statements.edition == 0]
    joined = registered_at(bench.clock, drawn.population, fresh)
    _touch(bench, fresh, joined)
    _refer(bench, fresh, joined)
    if bench.is_first_of_day:
        _spend(bench)
        if bench.unit.day == 0:
            agree(bench)


def _touch(bench: SourceBench, fresh: Ints, joined: Ints) -> None:
    """One to four visits; the last one is what the profile gives as the origin."""
    touches = 1 + customers_mixed(fresh, 50) % MOST_TOUCHES
    number = np.repeat(fresh, touches)
    last = np.cumsum(touches) - 1
    back = np.repeat(last, touches) - np.arange(len(number))  # visits still to come
    channel = customers_mixed(number, 51 + back) % len(CHANNELS)
    # Nobody is referred, but at the end.
    channel = np.where(channel == REFERRAL, DISPLAY, channel)
    channel = np.where(back == 0, acquisition(number), channel)
    when = np.repeat(joined, touches) - 3 * MINUTE - back * 30 * HOUR
    when -= customers_mixed(number, 60 + back) % HOUR
    code = customers_mixed(number, 70) % CAMPAIGNS
    is_paid = np.isin(channel, PAID)
    prefix = f"W{bench.unit.day:04d}{bench.unit.chunk:04d}-"

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        # A mistaken row is an hour out.
        shift = np.where(plan.content == WRONG, HOUR, 0)
        paid = is_paid[rows]
        return [
            numbered(prefix, rows, 8),
            customer_ids(number[rows]),
            labels(CHANNELS, channel[rows]),
            maybe(labels(CODES, channel[rows] * CAMPAIGNS + code[rows]), paid),
            maybe(
                labels(AFFILIATES, number[rows] % len(AFFILIATES)),
                channel[rows] == AFFILIATE,
            ),
            maybe(numbered("click", customers_mixed(number[rows], 80), 10), paid),
            moments(when[rows] - shift),
        ]

    write(bench, TOUCHPOINTS, when + 2_000, columns)


def _refer(bench: SourceBench, fresh: Ints, joined: Ints) -> None:
    """Customers who came by referral, each brought by one who was there before."""
    came = (acquisition(fresh) == REFERRAL) & (fresh > 0)
    number, when = fresh[came], joined[came]
    referrer = customers_mixed(number, 90) % np.maximum(number, 1)
    prefix = f"R{bench.unit.day:04d}{bench.unit.chunk:04d}-"

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        shift = np.where(plan.content == WRONG, MINUTE, 0)
        return [
            numbered(prefix, rows, 7),
            customer_ids(referrer[rows]),
            customer_ids(number[rows]),
            moments(when[rows] - shift),
        ]

    write(bench, REFERRALS, when + 5_000, columns)


def _spend(bench: SourceBench) -> None:
    """What the day before cost, as first reported and, two days later, as billed."""
    rng, start = bench.rng, bench.clock.day_start(bench.unit.day)
    cost_day = (start - CUTOFF) // DAY - 1
    channel = np.repeat(np.array(PAID), CAMPAIGNS)
    campaign = np.tile(np.arange(CAMPAIGNS), len(PAID))
    count = len(channel)
    shown = rng.integers(2_000, 40_000, count)
    clicked = (shown * rng.uniform(0.005, 0.03, count)).astype(np.int64)
    cents = clicked * rng.integers(40, 180, count)
    restated = cents * rng.integers(90, 106, count) // 100
    billed = np.where(rng.random(count) < 0.5, restated, cents)

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        cost = np.where(plan.content == TRUE, billed[rows], cents[rows])
        days = np.full(len(rows), cost_day, np.int32)
        return [
            labels(CHANNELS, channel[rows]),
            labels(CODES, channel[rows] * CAMPAIGNS + campaign[rows]),
            labels((CURRENCY,), np.zeros(len(rows), np.int64)),
            pa.array(shown[rows]),
            pa.array(clicked[rows]),
            decimals(cost, AMOUNT),
            pa.array(days).view(pa.date32()),
        ]

    # What is billed as reported is said once.
    is_restated = billed != cents
    reported = np.full(count, start + 4 * HOUR)
    stages = [
        (np.flatnonzero(is_restated), reported[is_restated]),
        (np.arange(count), reported + np.where(is_restated, 2 * DAY, 0)),
    ]
    write_stages(bench, COSTS, stages, columns)


SOURCE = Source(
    "marketing", (COSTS, DEALS, TOUCHPOINTS, REFERRALS), on_customers=market
)

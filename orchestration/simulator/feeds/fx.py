"""Exchange rates: what one euro costs, on working days, and sometimes put right."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import Ints, decimals, labels, moments, stream
from orchestration.simulator.clock import DAY, HOUR, MINUTE
from orchestration.simulator.feed import MOMENT, Feed
from orchestration.simulator.plan import WRONG
from orchestration.simulator.source import CustomersDrawn, Source
from orchestration.simulator.workbench import SourceBench
from orchestration.simulator.world import weekday

RATE = pa.decimal128(18, 6)
# Rough levels; a walk around them is drawn.
LEVELS = {
    "USD": 1.08, "GBP": 0.86, "DKK": 7.46, "SEK": 11.2, "BGN": 1.9558,
    "CHF": 0.94, "NOK": 11.6, "PLN": 4.3, "RON": 4.97, "JPY": 163.0,
}  # fmt: skip
CURRENCIES = tuple(LEVELS)
HISTORY = 10  # days before the first that the first delivery brings
PUBLISHED = 15 * HOUR  # UTC
CORRECTED_DAYS = 4  # one day in so many, a rate is mistaken at first

RATES = Feed(
    source="fx",
    table="daily_rates",
    keys=("quote_currency", "rate_date"),
    schema=pa.schema(
        [
            ("base_currency", pa.string()),
            ("quote_currency", pa.string()),
            ("rate_date", pa.date32()),
            ("rate", RATE),
            ("published_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    values={"base_currency": ("EUR",), "quote_currency": CURRENCIES},
)


def publish(bench: SourceBench, _: CustomersDrawn) -> None:
    """The rates of a day, and with the first day's those before it."""
    if not bench.is_first_of_day:
        return
    midnight = bench.clock.day_start(bench.unit.day) // DAY
    first = midnight - (HISTORY if bench.unit.day == 0 else 0)
    dates = np.arange(first, midnight + 1)
    dates = dates[weekday(dates * DAY) < 5]
    date = np.repeat(dates, len(CURRENCIES))
    currency = np.tile(np.arange(len(CURRENCIES)), len(dates))
    published = date * DAY + PUBLISHED
    plan = bench.plan(published + MINUTE)
    if len(date) and bench.config.dirt.rate("feed_corrections"):
        wrong = np.flatnonzero((date + 3 * currency) % (10 * CORRECTED_DAYS) == 0)
        bench.planner.mistake(plan, wrong, "feed_corrections")
    plan = bench.finish(RATES, plan)
    rows = plan.source
    rate = rates_of(bench.config.seed, date, currency)[rows]
    rate = np.where(plan.content == WRONG, rate * 102 // 100, rate)
    columns = [
        pa.array(["EUR"] * len(rows), pa.string()),
        labels(CURRENCIES, currency[rows]),
        pa.array(date[rows].astype(np.int32)).view(pa.date32()),
        decimals(rate, RATE),
        moments(published[rows]),
        moments(plan.recorded_at),
    ]
    bench.pack(RATES, plan, pa.Table.from_arrays(columns, schema=RATES.schema))


def rates_of(seed: int, date: Ints, currency: Ints) -> Ints:
    """Millionths of each currency for one euro, to five significant decimals."""
    noise = np.array([stream(seed, 13, int(d)).random(len(CURRENCIES)) for d in date])
    jitter = noise[np.arange(len(date)), currency] if len(date) else np.zeros(0)
    level = np.array([*LEVELS.values()])[currency]
    drift = 0.01 * np.sin(date / 9.0 + currency)
    exact = level * (1 + drift + 0.004 * (jitter - 0.5))
    return np.round(exact * 1e5).astype(np.int64) * 10


SOURCE = Source("fx", (RATES,), on_customers=publish)

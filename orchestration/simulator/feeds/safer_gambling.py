"""Safer gambling: limits, exclusions, and what the operator does about harm."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.simulator.arrays import (
    Ints,
    decimals,
    labels,
    moments,
    numbered,
    quota,
    some,
)
from orchestration.simulator.clock import DAY, HOUR, MINUTE
from orchestration.simulator.exclusions import FOREVER, SELF_EXCLUSION
from orchestration.simulator.feed import AMOUNT
from orchestration.simulator.feeds.safer_gambling_tables import (
    ACTIONS,
    CANCEL,
    CHANNELS,
    EXCLUSIONS,
    INTERACTIONS,
    INTERVENTIONS,
    KINDS,
    LIMITS,
    MARKERS,
    OUTCOMES,
    PERIODS,
    RAISE,
    REMOVE,
    SCOPES,
    SET,
    TIME_OUT_TAKEN,
    TYPES,
)
from orchestration.simulator.feeds.writing import customers_mixed, maybe, write
from orchestration.simulator.labels import labels_of
from orchestration.simulator.lives import lives_of
from orchestration.simulator.plan import WRONG, Plan
from orchestration.simulator.population import (
    Population,
    customer_ids,
    registered_at,
)
from orchestration.simulator.source import CustomersDrawn, Source
from orchestration.simulator.workbench import SourceBench
from orchestration.simulator.world import JURISDICTIONS
from orchestration.simulator.world import KINDS as CUSTOMER_KINDS

LIMITED = 0.3  # of customers set a limit when they register
CHANGED = 0.004  # of customers, on a day
SPOKEN_TO = 0.002  # of customers, on a day
WAIT = DAY  # before more is allowed


def protect(bench: SourceBench, drawn: CustomersDrawn) -> None:
    """Limits at registration; once a day, changes, exclusions and interactions."""
    statements = drawn.statements
    fresh = statements.number[statements.edition == 0]
    fresh = fresh[customers_mixed(fresh, 400) % 100 < LIMITED * 100]
    joined = registered_at(bench.clock, drawn.population, fresh)
    number, when = [fresh], [joined + 5 * MINUTE]
    action = [np.full(len(fresh), SET)]
    if bench.is_first_of_day:
        rng, active = bench.rng, drawn.population.registered_before(bench.unit.day)
        again = some(rng, active, quota(rng, active, CHANGED, 3))
        start = bench.clock.day_start(bench.unit.day)
        asked = start + rng.integers(0, 20 * HOUR, len(again))
        is_limited = customers_mixed(again, 400) % 100 < LIMITED * 100
        what = np.where(is_limited, rng.integers(SET, CANCEL, len(again)), SET)
        # Some think better of it before it takes effect.
        regret = np.flatnonzero((what == RAISE) & (rng.random(len(again)) < 0.3))
        number += [again, again[regret]]
        when += [asked, asked[regret] + 3 * HOUR]
        action += [what, np.full(len(regret), CANCEL)]
        _exclude(bench)
        _interact(bench, active)
    _limit(
        bench,
        drawn.population,
        *(np.concatenate(part) for part in (number, when, action)),
    )


def _limit(
    bench: SourceBench, population: Population, number: Ints, when: Ints, action: Ints
) -> None:
    stake = np.array([kind.median_stake for kind in CUSTOMER_KINDS])
    usual = stake[population.kind[number]].astype(np.int64)
    factor = np.array([40, 20, 80, 1, 1])[action]
    kind, period = (customers_mixed(number, 401 + n) % 3 for n in range(2))
    amount = 100 * usual * factor * np.array([1, 5, 15])[period]
    waits = np.isin(action, (RAISE, REMOVE))
    money = labels([p.currency for p in JURISDICTIONS], population.jurisdiction[number])
    prefix = f"Z{bench.unit.day:04d}{bench.unit.chunk:04d}-"

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        # A mistaken row gives ten times the amount.
        stated = amount[rows] * np.where(plan.content == WRONG, 10, 1)
        return [
            numbered(prefix, rows, 7),
            customer_ids(number[rows]),
            labels(TYPES, kind[rows]),
            labels(PERIODS, period[rows]),
            labels(ACTIONS, action[rows]),
            money.take(pa.array(rows)),
            maybe(decimals(stated, AMOUNT), action[rows] < REMOVE),
            moments(when[rows]),
            moments(when[rows] + np.where(waits[rows], WAIT, 0)),
        ]

    write(bench, LIMITS, when + 2_000, columns)


def _exclude(bench: SourceBench) -> None:
    """Exclusions that start on the day, or before the first one."""
    every, clock = lives_of(bench.config).exclusions, bench.clock
    day = np.maximum((every.started_at - clock.start) // DAY, 0)
    here = np.flatnonzero(day == bench.unit.day)
    national = ((every.kind == SELF_EXCLUSION) & (every.customer % 5 < 2)).astype(int)
    is_endless = every.ends_at == FOREVER

    def columns(plan: Plan) -> list[pa.Array]:
        rows = here[plan.source]
        # A mistaken row names the wrong scope.
        scope = (national[rows] + (plan.content == WRONG)) % len(SCOPES)
        return [
            numbered("X", rows, 7),
            customer_ids(every.customer[rows]),
            labels(KINDS, every.kind[rows]),
            labels(SCOPES, scope),
            moments(every.started_at[rows]),
            maybe(
                moments(np.where(is_endless[rows], 0, every.ends_at[rows])),
                ~is_endless[rows],
            ),
        ]

    write(bench, EXCLUSIONS, every.started_at[here] + 3_000, columns)
    breached = here[every.is_breached[here]]
    bench.labels.append(
        labels_of(
            "bets_while_excluded",
            breached,
            every.customer[breached],
            every.started_at[breached],
            item_type="exclusion",
            item_id=numbered("X", breached, 7),
        )
    )


def _interact(bench: SourceBench, active: int) -> None:
    """Conversations about harm; some end in a time-out."""
    rng, start = bench.rng, bench.clock.day_start(bench.unit.day)
    every = lives_of(bench.config).exclusions
    lead = 2 * HOUR
    talked = (every.started_at >= start + lead) & (every.started_at < start + DAY)
    others = some(rng, active, quota(rng, active, SPOKEN_TO, 1))
    number = np.concatenate([every.customer[talked], others])
    random_at = start + rng.integers(0, DAY, len(others))
    when = np.concatenate([every.started_at[talked] - lead, random_at])
    count, marked = len(number), int(talked.sum())
    outcome = rng.integers(0, len(OUTCOMES), count)
    outcome = np.where(outcome == TIME_OUT_TAKEN, TIME_OUT_TAKEN + 1, outcome)
    outcome[:marked] = TIME_OUT_TAKEN
    marker, channel, what = (
        rng.integers(0, len(names), count)
        for names in (MARKERS, CHANNELS, INTERVENTIONS)
    )
    prefix = f"V{bench.unit.day:04d}-"

    def columns(plan: Plan) -> list[pa.Array]:
        rows = plan.source
        # A mistaken row does not say what came of it.
        is_known = plan.content != WRONG
        return [
            numbered(prefix, rows, 7),
            customer_ids(number[rows]),
            labels(MARKERS, marker[rows]),
            labels(CHANNELS, channel[rows]),
            labels(INTERVENTIONS, what[rows]),
            maybe(labels(OUTCOMES, outcome[rows]), is_known),
            labels(("Spoke about spending.", "Spoke about time."), rows % 2),
            moments(when[rows]),
        ]

    write(bench, INTERACTIONS, when + 10 * MINUTE, columns)


SOURCE = Source(
    "safer_gambling", (LIMITS, EXCLUSIONS, INTERACTIONS), on_customers=protect
)

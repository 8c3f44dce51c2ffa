"""A partner that sends the same growing file again and again, and errs: from a seed.

The size of each fault is drawn before anything is looked at, so that some lie beyond
what a rule can tell: restatements as large as jumps, jumps as small as restatements.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

MEASURES = ("handle", "ggr")
CENT = Decimal("0.01")
A_MONTH = 5
"""Deliveries from one new month to the next."""
BAD_LOADS = (
    "entities_swapped", "equal_to_another", "equal_to_total", "mass_deletion", "jump",
)  # fmt: skip
Row = tuple[str, date]
Figures = dict[Row, tuple[Decimal, ...]]


@dataclass
class Labels:
    """What a delivery does, as the generator knows.

    Attributes:
        rows: (delivery number, entity, period) -> kind of change.
        bad_loads: (delivery number, entity) -> kind of bad load.
    """

    rows: dict[tuple[int, str, date], str] = field(default_factory=dict)
    bad_loads: dict[tuple[int, str], str] = field(default_factory=dict)


def months(count: int) -> list[date]:
    """The first days of so many months, from January 2016."""
    return [date(2016 + n // 12, n % 12 + 1, 1) for n in range(count)]


class Partner:
    """Draws the deliveries.

    Attributes:
        labels: Grows with each delivery.
    """

    def __init__(self, seed: int, entities: int, periods: int, deliveries: int) -> None:
        self.labels = Labels()
        self._random = np.random.default_rng(seed)
        self._entities = [f"licence-{n:02}" for n in range(entities)]
        self._months = months(periods)
        self._deliveries = deliveries
        self._truth: Figures = {}
        self._stated: Figures = {}
        self._gone: set[Row] = set()
        self._ever: set[Row] = set()
        self._restated: set[Row] = set()
        # From licences that take a few thousand a month to those that take millions.
        self._level = {e: self._random.lognormal(12, 2) for e in self._entities}

    def deliveries(self) -> Iterator[Figures]:
        """Each delivery's figures by entity and month, in order."""
        first = len(self._months) - (self._deliveries - 1) // A_MONTH
        late = set(self._random.choice(self._entities, 3, replace=False))
        for number in range(self._deliveries):
            before = dict(self._stated)
            for row in self._due(first + number // A_MONTH, number, late):
                self._truth[row] = self._drawn(row)
            if number:
                self._restate()
                self._delete_or_bring_back(number)
            stated = {r: f for r, f in self._truth.items() if r not in self._gone}
            stated = self._rounded(stated, number)
            yield self._with_bad_loads(stated, before, number)

    def _due(self, months_so_far: int, number: int, late: set[str]) -> Iterator[Row]:
        """Rows that are there for the first time; three licences come late."""
        for entity in self._entities:
            if entity in late and number < self._deliveries // 3:
                continue
            for month in self._months[:months_so_far]:
                if (entity, month) not in self._truth:
                    yield entity, month

    def _drawn(self, row: Row) -> tuple[Decimal, ...]:
        season = 1 + 0.25 * np.sin(row[1].month / 12 * 2 * np.pi)
        handle = self._level[row[0]] * season * self._random.lognormal(0, 0.12)
        # One month in two hundred is extraordinary, and rightly so.
        handle *= self._random.uniform(2, 5) if self._random.random() < 0.005 else 1
        hold = self._random.normal(0.08, 0.015)
        return _money(handle), _money(handle * hold)

    def _restate(self) -> None:
        """A few rows get other figures: mostly by percents, now and then by half.

        One delivery in ten a licence recounts its last year, by up to a third.
        """
        rows = [row for row in self._truth if row not in self._gone]
        for index in self._random.choice(len(rows), 6, replace=False):
            spread = 0.4 if self._random.random() < 0.03 else 0.05
            self._restate_row(rows[index], 1 + self._random.normal(0, spread))
        if self._random.random() < 0.1:
            licence = str(self._random.choice(self._entities))
            by = self._random.uniform(0.67, 1.33)
            for row in sorted(row for row in rows if row[0] == licence)[-12:]:
                self._restate_row(row, by)

    def _restate_row(self, row: Row, by: float) -> None:
        self._truth[row] = tuple(_money(float(f) * by) for f in self._truth[row])
        self._restated.add(row)

    def _delete_or_bring_back(self, number: int) -> None:
        for row in sorted(self._gone):
            if self._random.random() < 0.15:
                self._gone.discard(row)
        if number % 4 == 0:
            rows = sorted(row for row in self._truth if row not in self._gone)
            for index in self._random.choice(len(rows), 3, replace=False):
                self._gone.add(rows[index])

    def _rounded(self, figures: Figures, number: int) -> Figures:
        """Every fifth delivery some licences round, and go back in the next one.

        To whole units, but one time in five to tens, which no tolerance foresees.
        """
        if number % 5 != 2:
            return figures
        some = set(self._random.choice(self._entities, 5, replace=False))
        to = Decimal("1e1") if self._random.random() < 0.2 else Decimal(1)
        return {
            row: tuple(f.quantize(to) + Decimal(0) for f in fs)
            if row[0] in some
            else fs
            for row, fs in figures.items()
        }

    def _with_bad_loads(
        self, figures: Figures, before: Figures, number: int
    ) -> Figures:
        """Label what is true, and spoil some entities of every third delivery."""
        spoilt: dict[str, str] = {}
        sent = dict(figures)
        if number > 3 and number % 3 == 1:
            kind = BAD_LOADS[int(self._random.integers(len(BAD_LOADS)))]
            present = sorted({entity for entity, _ in before})
            pair = [str(e) for e in self._random.choice(present, 2, replace=False)]
            spoilt = dict.fromkeys(
                pair if kind == "entities_swapped" else pair[:1], kind
            )
            self._spoil(sent, figures, kind, pair)
        for entity, kind in spoilt.items():
            self.labels.bad_loads[number, entity] = kind
        for row in before.keys() | figures.keys():
            if row[0] not in spoilt:
                self._label(number, row, before.get(row), figures.get(row))
                self._restated.discard(row)
        kept = {row: f for row, f in before.items() if row[0] in spoilt}
        self._stated = kept | {r: f for r, f in figures.items() if r[0] not in spoilt}
        self._ever |= self._stated.keys()
        return sent

    def _label(
        self,
        number: int,
        row: Row,
        old: tuple[Decimal, ...] | None,
        new: tuple[Decimal, ...] | None,
    ) -> None:
        if old == new:
            return
        if new is None:
            kind = "deletion"
        elif old is None:
            newest = max((month for _, month in self._stated), default=date.min)
            kind = "late_period" if row[1] <= newest else "new_period"
            kind = "reappearance" if row in self._ever else kind
        else:
            kind = "restatement" if row in self._restated else "rounding"
        self.labels.rows[number, *row] = kind

    def _spoil(
        self, sent: Figures, figures: Figures, kind: str, pair: list[str]
    ) -> None:
        one, other = pair
        # The last month, quarter or year, or all of it.
        reach = int(self._random.choice([1, 3, 12, 1000]))
        mine = sorted(row for row in figures if row[0] == one)[-reach:]
        if kind == "mass_deletion":
            share = self._random.uniform(0.2, 1)
            mine = sorted(row for row in figures if row[0] == one)
            for row in mine[: max(1, int(share * len(mine)))]:
                del sent[row]
            return
        factor = self._random.choice([0.001, 0.1, 1.6, 3, 10, 100, 1000])
        for row in mine:
            _, month = row
            if kind == "jump" and month == max(m for _, m in mine):
                sent[row] = tuple(_money(float(f) * factor) for f in figures[row])
            if kind == "equal_to_total":
                of_month = [f for (_, m), f in figures.items() if m == month]
                sent[row] = tuple(
                    sum(f, Decimal(0)) for f in zip(*of_month, strict=True)
                )
            if (
                kind in {"equal_to_another", "entities_swapped"}
                and (other, month) in figures
            ):
                sent[row] = figures[other, month]
            if kind == "entities_swapped" and (other, month) in figures:
                sent[other, month] = figures[row]


def write(figures: Figures, number: int, landing: Path, feed: str) -> Path:
    """Write a delivery as CSV; the file name says when it was delivered."""
    delivered_at = datetime(2025, 1, 1) + timedelta(days=number)
    path = landing / "statements" / feed / f"figures_{delivered_at:%Y%m%dT%H%M%S}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["licence", "month", *MEASURES])
        for (entity, month), values in sorted(figures.items()):
            writer.writerow([entity, f"{month:%Y-%m}", *values])
    return path


def _money(value: float) -> Decimal:
    return Decimal(str(round(value, 2))).quantize(CENT)

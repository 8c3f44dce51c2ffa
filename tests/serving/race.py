"""Readers against publishes and rollbacks: what each reader sees must be one version.

Readers are processes of their own, as clients are. Each opens the current file again
and again, asks several questions on one connection, and checks that every answer
belongs to the tick that the file says it was published at; that two audiences' files
reached through one look at `serving/current` are of one version; and that a connection
which it keeps for a while goes on answering as it did.
"""

import json
import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb

from orchestration.serving.publication import Options
from orchestration.serving.publish import publish
from orchestration.serving.rollback import roll_back
from orchestration.settings import Settings
from tests.serving.stand_in import START, StandIn

ASKED = {
    "finance": {
        "finance.rpt_customer_funds": "protected_amount",
        "finance.fct_open_bets": "open_stake_amount",
        "core.dim_customers": None,
    },
    "risk": {
        "risk.rpt_open_liability": "worst_case_loss_amount",
        "risk.rpt_market_exposures": "open_stake_amount",
    },
    "regulator_gb": {"finance.rpt_restatements": "known_amount"},
}
"""Audience -> relation -> column that is the tick in every row; or its known_at is."""

THINKING = 0.3
"""Mean seconds that a reader does something else."""


@dataclass
class Seen:
    """What one reader saw, or all of them.

    Attributes:
        opened: Files opened.
        answers: Queries answered.
        versions: Different versions seen.
        errors: Queries that failed, in the client's words.
        mixed: Answers that do not belong to the version that they came with.
    """

    opened: int = 0
    answers: int = 0
    versions: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)

    def add(self, other: "Seen") -> None:
        """Take in what another saw."""
        self.opened += other.opened
        self.answers += other.answers
        self.versions |= other.versions
        self.errors += other.errors
        self.mixed += other.mixed


def look(root: Path, audience: str, seen: Seen, pause: float) -> None:
    """Open a file or two, ask all questions, keep the connection for a moment.

    Args:
        root: The serving folder.
        audience: Whose file to look at first.
        seen: Gets what was seen.
        pause: Seconds to keep the first connection.
    """
    file = root / audience / "current.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        seen.opened += 1
        first = _ask(connection, audience, seen)
        time.sleep(pause)
        if _ask(connection, audience, seen) != first:
            seen.mixed.append(f"{audience}: a connection changed its answer")
    publication = (root / "current").resolve()
    versions = set()
    for other in ("finance", "risk"):
        path = str(publication / f"{other}.duckdb")
        with duckdb.connect(path, read_only=True) as connection:
            seen.opened += 1
            versions.add(_ask(connection, other, seen))
    if len(versions) > 1:
        seen.mixed.append(f"two audiences had versions {versions}")


def _ask(connection: duckdb.DuckDBPyConnection, audience: str, seen: Seen) -> int:
    """All questions of an audience; the version that answered."""
    row = connection.execute("select version, data_as_of from publication").fetchone()
    assert row is not None
    version, as_of = row
    seen.versions.add(version)
    tick = _tick(as_of)
    for relation, column in ASKED[audience].items():
        asked = f'"{column}"' if column else "known_at"
        answer = connection.execute(
            f"select min({asked}), max({asked}), count(*) from {relation}"
        ).fetchone()
        assert answer is not None
        seen.answers += 1
        least, most, rows = answer
        expected = tick % 100 if column else as_of
        if (least, most) != (expected, expected) or not rows:
            seen.mixed.append(f"{relation} of version {version}: {answer}, not {tick}")
    return int(version)


def _tick(as_of: datetime) -> int:
    return int((as_of - START).total_seconds()) // 60


def read_until(stop: Event, root: Path, seed: int, result: Path) -> None:
    """Look again and again; leave what was seen in a file."""
    seen = Seen()
    pick = random.Random(seed)  # noqa: S311 - choices of a reader, no secret
    parent = os.getppid()
    while not stop.is_set() and os.getppid() == parent:
        # Between two looks a client does something else.
        time.sleep(pick.uniform(0, 2 * THINKING))
        try:
            look(root, pick.choice(list(ASKED)), seen, pick.uniform(0, 0.2))
        except Exception as error:  # noqa: BLE001 - whatever a client would see
            seen.errors.append(f"{type(error).__name__}: {error}")
    content = seen.__dict__ | {"versions": sorted(seen.versions)}
    result.write_text(json.dumps(content))


@dataclass
class Race:
    """What came of it.

    Attributes:
        seen: What all readers saw together.
        readers: How many there were.
        publish_seconds: Wall time of each publish.
        rollback_seconds: Wall time of each rollback.
        held_seconds: How long each publish held the warehouse for reading.
    """

    seen: Seen
    readers: int
    publish_seconds: Sequence[float]
    rollback_seconds: Sequence[float]
    held_seconds: Sequence[float]


def race(settings: Settings, *, readers: int, publishes: int, rollbacks: int) -> Race:
    """Publish and roll back under readers.

    Args:
        settings: An empty warehouse; dbt's manifest may be there.
        readers: Processes that read.
        publishes: Publications, the first not counted.
        rollbacks: Of these, how many are rolled back.
    """
    warehouse = StandIn(settings)
    publish(settings)
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    results = [settings.home / f"reader_{number}.json" for number in range(readers)]
    processes = [
        context.Process(target=read_until, args=(stop, settings.serving, n, result))
        for n, result in enumerate(results)
    ]
    for process in processes:
        process.start()
    published: list[float] = []
    held: list[float] = []
    rolled_back: list[float] = []
    try:
        for number in range(1, publishes + 1):
            warehouse.advance()
            started = time.monotonic()
            done = publish(settings, Options(resume=True))
            published.append(time.monotonic() - started)
            held.append(done.seconds["warehouse"])
            if number * rollbacks // publishes > len(rolled_back):
                started = time.monotonic()
                roll_back(settings, "a drill")
                rolled_back.append(time.monotonic() - started)
    finally:
        stop.set()
    total = Seen()
    for process, result in zip(processes, results, strict=True):
        process.join()
        one = json.loads(result.read_text())
        total.add(Seen(**one | {"versions": set(one["versions"])}))
    return Race(total, readers, published, rolled_back, held)

"""How well statements are told apart, and at what cost: `make bench-statements`.

120 versions of a file of about 2,000 rows are loaded one by one, each as a load of its
own, and what the register says is laid beside what the generator did. Whoever decides
on what was held knows the truth and does so before the next delivery: a genuine figure
that nobody accepts would be held in each delivery that repeats it.
"""

import resource
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from orchestration.database import open_warehouse
from orchestration.ingest.load import load
from orchestration.settings import Settings
from orchestration.statements.decisions import decide, suspicions
from orchestration.statements.feed import Feed, feed_of
from tests.bench.statement_deliveries import BAD_LOADS, Labels, Partner, write

FEED = "partner"
MAPPING = {
    "entity": "licence",
    "period": {"column": "month", "format": "%Y-%m"},
    "measures": {"handle": "handle", "ggr": "ggr"},
    "delivered_at": {"file_name": r"(\d{8}T\d{6})", "format": "%Y%m%dT%H%M%S"},
}
KINDS = (
    "new_period", "late_period", "restatement", "rounding", "deletion", "reappearance",
)  # fmt: skip
_ROWS = """
    select deliveries.number, entity, period_date, case
            when suspicion_kind is not null then 'held'
            else arg_min(change_kind, list_position($kinds, change_kind)) end as kind
    from raw.statements__changes
    join (
        select delivery_id, row_number() over (order by delivery_id) - 1 as number
        from raw.statements__deliveries
    ) as deliveries using (delivery_id)
    left join raw.statements__suspicions using (delivery_id, entity)
    group by number, entity, period_date, suspicion_kind
"""
_SUSPICIONS = """
    select number, entity, suspicion_kind
    from raw.statements__suspicions
    join (
        select delivery_id, row_number() over (order by delivery_id) - 1 as number
        from raw.statements__deliveries
    ) as deliveries using (delivery_id)
"""
Confusion = Counter[tuple[str, str]]


def feed() -> Feed:
    """The partner's mapping, with the thresholds of any feed."""
    return feed_of(FEED, MAPPING)


def run(home: Path, partner: Partner) -> tuple[list[int], float, float]:
    """Load each delivery as it comes; rows of each, CPU seconds and wall seconds."""
    settings = Settings(home)
    rows, seconds = [], 0.0
    before = resource.getrusage(resource.RUSAGE_SELF)
    generating = 0.0
    with open_warehouse(settings) as connection:
        started = time.process_time()
        for number, figures in enumerate(partner.deliveries()):
            write(figures, number, settings.landing, FEED)
            rows.append(len(figures))
            generating += time.process_time() - started
            begun = time.monotonic()
            load(connection, {}, settings.landing, statement_feeds={FEED: feed()})
            seconds += time.monotonic() - begun
            _decide(connection, number, partner.labels)
            started = time.process_time()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return rows, cpu - generating, seconds


def _decide(connection: duckdb.DuckDBPyConnection, number: int, labels: Labels) -> None:
    held = suspicions(connection)
    for accept in (True, False):
        entities = [
            one["entity"]
            for one in held
            if ((number, one["entity"]) not in labels.bad_loads) is accept
        ]
        if entities:
            decide(
                connection,
                held[0]["delivery_id"],
                entities,
                accept=accept,
                decided_by="bench",
                reason="as the generator knows",
            )


def confusions(home: Path, labels: Labels) -> tuple[Confusion, Confusion]:
    """What was planted and what was said: of changed rows, and of entities."""
    with duckdb.connect(str(Settings(home).database), read_only=True) as connection:
        said_rows: dict[tuple[int, str, date], str] = {
            (number, entity, period): kind
            for number, entity, period, kind in connection.execute(
                _ROWS, {"kinds": list(KINDS)}
            ).fetchall()
        }
        said_bad: dict[tuple[int, str], str] = {
            (number, entity): kind
            for number, entity, kind in connection.execute(_SUSPICIONS).fetchall()
        }
    spoilt = labels.bad_loads.keys()
    rows = Confusion(
        (labels.rows.get(row, "nothing"), said_rows.get(row, "nothing"))
        for row in labels.rows.keys() | said_rows.keys()
        if row[:2] not in spoilt
    )
    bad = Confusion(
        (labels.bad_loads.get(one, "none"), said_bad.get(one, "not held"))
        for one in spoilt | said_bad.keys()
    )
    return rows, bad


def _print(title: str, confusion: Confusion, across: list[str]) -> None:
    table = Table("planted", *across, title=title, title_justify="left")
    for planted in dict.fromkeys(p for p, _ in sorted(confusion)):
        counts = [confusion[planted, said] for said in across]
        table.add_row(planted, *(str(n) if n else "" for n in counts))
    Console(width=140).print(table)


def main(
    deliveries: Annotated[int, typer.Argument(min=4)] = 120,
    seed: Annotated[int, typer.Option(min=0)] = 1,
) -> None:
    """Print both confusion matrices, and what the loads took."""
    with tempfile.TemporaryDirectory() as folder:
        partner = Partner(seed, entities=40, periods=62, deliveries=deliveries)
        rows, cpu, wall = run(Path(folder), partner)
        changed, bad = confusions(Path(folder), partner.labels)
    _print("Changed rows, by kind", changed, [*KINDS, "held", "nothing"])
    _print(
        "Entities of a delivery, by kind of bad load",
        bad,
        [*BAD_LOADS, "older_than_standing", "not held"],
    )
    right = sum(n for (planted, said), n in changed.items() if planted == said)
    held = sum(n for (p, said), n in bad.items() if p != "none" and said != "not held")
    planted = sum(n for (p, _), n in bad.items() if p != "none")
    typer.echo(
        f"{right} of {changed.total()} changed rows told rightly; "
        f"{held} of {planted} bad loads held, {bad.total() - planted} held wrongly."
    )
    typer.echo(
        f"{len(rows)} versions of {min(rows):,} to {max(rows):,} rows, each a load: "
        f"{cpu:.1f} CPU s, {wall:.1f} s."
    )


if __name__ == "__main__":
    sys.exit(typer.run(main))

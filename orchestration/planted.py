"""What a simulation planted for rules to find, and what they found."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import WarehouseError
from orchestration.settings import Settings

LABELS = ".simulation/labels.parquet"


@dataclass(frozen=True)
class Finding:
    """How the marts say that they found what was planted.

    Attributes:
        column: Column of the labels that names it, e.g. `item_id` or `customer_id`.
        query: SELECT of one column, the names that a rule found.
    """

    column: str
    query: str


FINDINGS: Mapping[str, Finding] = {
    "bets_while_excluded": Finding(
        "item_id",
        "select exclusion_id from customer.rpt_exclusion_breaches "
        "where breach_kind = 'bet'",
    ),
    "messages_while_excluded": Finding(
        "item_id",
        "select send_id from customer.rpt_exclusion_breaches "
        "where breach_kind = 'marketing_message'",
    ),
    "sample_ratio_mismatch": Finding(
        "item_id",
        "select experiment_id from customer.rpt_experiment_sample_ratios "
        "where has_mismatch",
    ),
}
"""Kind of label -> where it is found."""


def labels_file(settings: Settings) -> Path:
    """The labels of the simulation that a warehouse was filled from.

    Raises:
        WarehouseError: There are none.
    """
    for directory in (settings.landing, settings.home / "outbox"):
        if (directory / LABELS).exists():
            return directory / LABELS
    raise WarehouseError(
        f"There are no labels below {settings.home}.",
        "Only a simulated operator knows what was planted: run `warehouse demo`, or "
        "name the labels' file.",
        exit_code=2,
    )


def found_and_planted(
    connection: duckdb.DuckDBPyConnection, labels: Path
) -> list[dict[str, Any]]:
    """Compare what was planted with what the marts say.

    Args:
        connection: A built warehouse.
        labels: labels.parquet of the simulation.

    Returns:
        One row per kind: planted, found, false_alarms.
    """
    return [_compared(connection, labels, kind) for kind in FINDINGS]


def _compared(
    connection: duckdb.DuckDBPyConnection, labels: Path, kind: str
) -> dict[str, Any]:
    finding = FINDINGS[kind]
    row = connection.execute(
        f"""
        with planted as (
            select distinct {finding.column} as name from read_parquet($labels)
            where kind = $kind and is_fraud
        ),
        found as (
            select distinct name from ({finding.query}) as findings(name)
        )
        select
            count(planted.name) as planted,
            count(*) filter (planted.name = found.name) as found,
            count(*) filter (planted.name is null) as false_alarms
        from planted full join found on planted.name = found.name
        """,
        {"labels": str(labels), "kind": kind},
    ).fetchone()
    names = ("planted", "found", "false_alarms")
    return {"kind": kind, **dict(zip(names, row or (), strict=True))}

"""How well the warehouse finds what the simulator planted.

A check is a query over the built warehouse and the simulator's own books, which are
attached as `planted_<book>` (`labels`, `breaks`, ...). It gives one row per kind, with
what was planted, what of it was found and what was found that nobody planted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import WarehouseError
from orchestration.ingest.engine import Connection
from orchestration.planted_plots import CASES, SIGNALS
from orchestration.settings import Settings

BOOKS = ".simulation"


@dataclass(frozen=True)
class Check:
    """One table of an evaluation.

    Attributes:
        name: For programs, e.g. `reconciliation`.
        title: For people.
        query: SQL, one row per kind.
    """

    name: str
    title: str
    query: str


# A break is named by kind, reference and, for balances, day. What is planted was
# labelled; of it, visible is what the audit finds in what was delivered (the bet
# itself may never have come). What is of dirt follows from rows that are lost or wrong.
_RECONCILIATION = """
    with breaks as (
        select
            kind as break_kind, item_id as reference_id,
            case when kind like '%_balance_%' then cast(happened_at as date) - 1 end
                as balance_date,
            'planted' as said_by
        from planted_labels where item_type = 'break'
        union all
        select break_kind, reference_id, happened_date, 'audited' from planted_breaks
        union all
        select
            break_kind, reference_id,
            case when reference_type = 'balance' then happened_date end, 'found'
        from finance.rpt_reconciliation_breaks
    ),
    verdicts as (
        select
            break_kind, bool_or(said_by = 'planted') as is_planted,
            bool_or(said_by = 'audited') as is_audited,
            bool_or(said_by = 'found') as is_found
        from breaks group by break_kind, reference_id, balance_date
    )
    select
        break_kind,
        count(*) filter (is_planted) as planted,
        count(*) filter (is_planted and is_audited) as visible,
        count(*) filter (is_planted and is_audited and is_found) as found,
        count(*) filter (is_audited and not is_planted) as of_dirt,
        count(*) filter (is_audited and not is_planted and is_found) as of_dirt_found,
        count(*) filter (is_found and not is_audited) as false_alarms
    from verdicts group by break_kind order by break_kind
"""

_CUSTOMERS = """
    with sayings as (
        select kind, item_id, 'planted' as said_by
        from planted_labels
        where kind like '%_while_excluded' or kind = 'sample_ratio_mismatch'
        union all
        select 'bets_while_excluded', exclusion_id, 'found'
        from customer.rpt_exclusion_breaches where breach_kind = 'bet'
        union all
        select 'messages_while_excluded', send_id, 'found'
        from customer.rpt_exclusion_breaches where breach_kind = 'marketing_message'
        union all
        select 'sample_ratio_mismatch', experiment_id, 'found'
        from customer.rpt_experiment_sample_ratios where has_mismatch
    ),
    verdicts as (
        select
            kind, bool_or(said_by = 'planted') as is_planted,
            bool_or(said_by = 'found') as is_found
        from sayings group by kind, item_id
    )
    select
        kind,
        count(*) filter (is_planted) as planted,
        count(*) filter (is_planted and is_found) as found,
        count(*) filter (not is_planted) as false_alarms
    from verdicts group by kind order by kind
"""

RECONCILIATION = Check(
    "reconciliation", "Breaks of the reconciliation", _RECONCILIATION
)
CUSTOMERS = Check(
    "customers", "Breaches of exclusions, and broken experiments", _CUSTOMERS
)
CHECKS: tuple[Check, ...] = (
    RECONCILIATION,
    Check("signals", "Accounts with a signal, by rule", SIGNALS),
    Check("cases", "Late bets, fixed events and rings, one by one", CASES),
    CUSTOMERS,
)


def books_of(settings: Settings) -> Path:
    """Where the simulator's books are: in landing, or in the demo's outbox.

    Raises:
        WarehouseError: There are none.
    """
    for place in (settings.landing, settings.home / "outbox"):
        if (place / BOOKS / "breaks.parquet").exists():
            return place / BOOKS
    raise WarehouseError(
        "There are no books of a simulation to evaluate against.",
        "Run `warehouse demo`, or `warehouse simulate` with --truth.",
    )


def evaluate(
    connection: Connection,
    books: Path,
    checks: Sequence[Check] = CHECKS,
) -> dict[Check, list[dict[str, Any]]]:
    """Run checks.

    Args:
        connection: The built warehouse, all of the simulation's deliveries loaded.
        books: The directory of the simulator's books.
        checks: Which ones.

    Returns:
        Rows of each check.
    """
    for book in sorted(books.glob("*.parquet")):
        connection.execute(
            f"create or replace temp table planted_{book.stem} as "
            "select * from read_parquet(?)",
            [str(book)],
        )
    results: dict[Check, list[dict[str, Any]]] = {}
    for check in checks:
        cursor = connection.execute(check.query)
        names = [column[0] for column in cursor.description or ()]
        results[check] = [
            dict(zip(names, row, strict=True)) for row in cursor.fetchall()
        ]
    return results

"""Relations whose rows are posted and never changed, and what a rule makes of them.

Other rules make other entries of the same knowledge. The difference is posted as news,
known from the backfill on: sums up to an earlier moment stay what they were.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.ingest.engine import Connection, Result
from orchestration.transform.dbt import Compiled

CAUSE = "code_change"
_NAMED = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True)
class Posted:
    """Entries that add up.

    Attributes:
        target: Model to whose relation differences are added.
        stated_by: Models whose relations together hold the entries.
        slice_of: What a slice is taken by: `bets`, `movements`, or None for all at
            once.
        scope: SQL condition: which entries belong to the slice.
    """

    target: str
    stated_by: tuple[str, ...]
    slice_of: str | None
    scope: str


# Nothing of a bet is posted before the bet is known, so older blocks are skipped.
_OF_THESE_BETS = (
    "bet_key in (select bet_key from recomputed_bets) and known_at >= $first_known_at"
)
POSTED = {
    "fct_bet_ledger_entries": Posted(
        "int_bets_restated",
        ("int_bets_posted", "int_settlements_posted", "int_bets_restated"),
        "bets",
        _OF_THESE_BETS,
    ),
    "int_bonus_costs_posted": Posted(
        "int_bonus_costs_posted", ("int_bonus_costs_posted",), "bets", _OF_THESE_BETS
    ),
    "int_customer_funds_posted": Posted(
        "int_customer_funds_posted",
        ("int_customer_funds_posted",),
        "movements",
        "balance_date >= cast($from_at as date) "
        "and balance_date < cast($until_at as date)",
    ),
    # Losses and bands run through all periods, so all are stated, at once.
    "fct_tax_accruals": Posted("fct_tax_accruals", ("fct_tax_accruals",), None, "true"),
}
REVENUE = "fct_revenue_changes"
"""Sums of a load's entries; those of the backfill are added when it has posted."""


def post_differences(
    connection: Connection,
    posted: Posted,
    models: Mapping[str, Compiled],
    bound: Mapping[str, object],
) -> None:
    """Post what today's rules make of a slice less all that was posted of it.

    What was posted by an earlier backfill counts, so that a second one posts nothing.

    Args:
        connection: In a transaction.
        posted: Where to.
        models: What the models say, by name.
        bound: `known_at` of the backfill and what its scope and models name.
    """
    target = models[posted.target]
    columns = columns_of(connection, target.relation)
    fixed = {
        "cause": f"'{CAUSE}'",
        "code_revision": "$code_revision",
        "known_at": "cast($known_at as timestamp)",
    }
    measures = [c for c in columns if c == "bet_count" or c.endswith("_amount")]
    keys = [c for c in columns if c not in {*measures, *fixed}]
    chosen = ", ".join([*keys, *measures])
    negated = ", ".join([*keys, *(f"-{m} as {m}" for m in measures)])
    both = " union all ".join(
        f"select {chosen} from ({models[m].code}) as stated where {posted.scope} "
        f"union all select {negated} from {models[m].relation} where {posted.scope}"
        for m in posted.stated_by
    )
    summed = ", ".join(f"sum({m}) as {m}" for m in measures)
    _execute(
        connection,
        f"""
        insert into {target.relation} ({", ".join(columns)})
        select {", ".join(fixed.get(c, c) for c in columns)}
        from (
            select {", ".join(keys)}, {summed}
            from ({both}) as both_sides group by {", ".join(keys)}
        ) as differences
        where {" or ".join(f"{m} <> 0" for m in measures)}
        """,
        bound,
    )


def append_revenue(
    connection: Connection, models: Mapping[str, Compiled], bound: Mapping[str, object]
) -> None:
    """Sum up what was posted at `known_at`, as a build would, so that taxes see it."""
    revenue = models[REVENUE]
    columns = ", ".join(columns_of(connection, revenue.relation))
    _execute(
        connection,
        f"insert into {revenue.relation} ({columns}) select {columns} "
        f"from ({revenue.code}) as stated where known_at = $known_at",
        bound,
    )


def posted_at(
    connection: Connection, relation: str, bound: Mapping[str, object]
) -> int:
    """Number of a relation's rows that the backfill posted."""
    query = f"select count(*) from {relation} where known_at = $known_at"
    row = _execute(connection, query, bound).fetchone()
    return int(row[0]) if row else 0


def columns_of(connection: Connection, relation: str) -> Sequence[str]:
    """Names of a relation's columns."""
    found = connection.execute(f"select * from {relation} where 1 = 0").description
    return [column[0] for column in found or ()]


def _execute(connection: Connection, query: str, bound: Mapping[str, object]) -> Result:
    """Run a statement with those parameters that it names."""
    named = set(_NAMED.findall(query))
    return connection.execute(query, {n: v for n, v in bound.items() if n in named})

"""Filings, and history by other rules, on both engines."""

import json
from collections.abc import Callable
from datetime import date

from orchestration.backfill import command
from orchestration.database import open_warehouse
from tests.redshift.verification.pair import Pair, Side

FILED = ("daily_revenue 2026-03-26", "open_bets 2026-03-26", "tax_accruals 2026-03")
# As if another rule had once posted a pound more.
_OTHER_RULE = """
    update intermediate.int_bets_posted set handle_amount = handle_amount + ?
    where bet_key = (select min(bet_key) from intermediate.int_bets_posted)
"""


def file(pair: Pair, wrong: list[str], say: Callable[[str], None]) -> None:
    """File reports by command: the same figures, known at the same moment."""
    for report in FILED:
        words = ["file", *report.split(), "--by", "Finance", "--why", "verification"]
        ours, theirs = (side.ask(*words) for side in pair.sides)
        if ours != theirs or "content hash" not in ours:
            wrong.append(f"warehouse file {report}: {ours} {theirs}")
    say(f"{len(FILED)} reports filed on both")


def restate(pair: Pair, wrong: list[str], say: Callable[[str], None]) -> None:
    """The register and a backfill say the same of what has changed since."""
    rows = 0
    for number in range(1, len(FILED) + 1):
        words = ["restatements", str(number), "--format", "json"]
        ours, theirs = (side.ask(*words) for side in pair.sides)
        rows += len(json.loads(ours))
        if ours != theirs:
            wrong.append(f"warehouse restatements {number}: {ours} {theirs}")
        proofs = [_proof(side, number) for side in pair.sides]
        if proofs != [(True, True)] * 2:
            wrong.append(f"filing {number}: {proofs}")
    if rows < len(FILED):
        wrong.append(f"only {rows} figures restated")
    counts = [_would_post(side) for side in pair.sides]
    if counts[0] != counts[1] or counts[0]["fct_bet_ledger_entries"] != 1:
        wrong.append(f"backfill would post {counts}")
    say(f"{rows} restated figures the same on both; backfill would post {counts[1]}")


def _proof(side: Side, number: int) -> tuple[bool, bool]:
    [kept] = json.loads(side.ask("filing", str(number), "--format", "json"))
    return kept["is_untouched"], kept["is_reproduced"]


def _would_post(side: Side) -> dict[str, int]:
    request = command.Request(date(2026, 3, 1), date(2026, 4, 30), keep=False)
    with open_warehouse(side.settings) as connection:
        connection.execute(_OTHER_RULE, [1])
    try:
        counts, _ = command.backfill(side.settings, request)
    finally:
        with open_warehouse(side.settings) as connection:
            connection.execute(_OTHER_RULE, [-1])
    return counts

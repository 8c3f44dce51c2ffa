"""Why a bet's money changed, as an accountant says who saw every row arrive.

A bet's statement is one step per version: the placement, then what each settlement
version adds. What a load changes of a step is put down to what the load brought.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from orchestration.simulator.gaming_days import gaming_day
from orchestration.simulator.replay import Replay, Standing
from orchestration.simulator.sayings import Bet, Settlement

REOPENED = {"rolled_back", "partially_cashed_out"}
BY_STATUS = {
    "rolled_back": "rollback",
    "void": "void",
    "cancelled": "cancellation",
    "cashed_out": "cash_out",
    "partially_cashed_out": "cash_out",
}


class Step(NamedTuple):
    """Where the money of a version belongs; days since 1970."""

    version: int
    status: str
    jurisdiction: str
    currency_code: str
    placed_day: int
    effective_day: int


Money = tuple[int, int, int, int]  # bets; handle, settled stake, payout in cents
NOTHING: Money = (0, 0, 0, 0)


class Change(NamedTuple):
    """What a load changed of a step, and why; money as in `Money`."""

    known_at: datetime
    bet_id: str
    cause: str
    step: Step
    money: Money


class ChangeBook:
    """Keeps each bet's last statement beside what is known now."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._stated: dict[str, dict[Step, Money]] = {}
        self._known: dict[str, dict[int, Standing[Bet] | Standing[Settlement]]] = {}

    def changes(self, known_at: datetime, touched: Iterable[str]) -> list[Change]:
        """What a load, which the replay has taken in, changed of the touched bets."""
        found: list[Change] = []
        for bet_id in sorted(set(touched) & self._replay.bets.keys()):
            rows = self._rows(bet_id)
            before = self._stated.get(bet_id, {})
            after = self._statement(bet_id)
            for step in sorted(before.keys() | after.keys()):
                was, now = before.get(step, NOTHING), after.get(step, NOTHING)
                a, b, c, d = (x - y for x, y in zip(now, was, strict=True))
                if (a, b, c, d) != NOTHING:
                    cause = self._cause(bet_id, step, rows, before, after)
                    found.append(Change(known_at, bet_id, cause, step, (a, b, c, d)))
            self._stated[bet_id] = after
            self._known[bet_id] = rows
        return found

    def _cause(
        self,
        bet_id: str,
        step: Step,
        rows: dict[int, Standing[Bet] | Standing[Settlement]],
        before: dict[Step, Money],
        after: dict[Step, Money],
    ) -> str:
        known = self._known.get(bet_id, {})
        if step in after and step.version not in known:
            return self._news(bet_id, step)
        if bool(before) != bool(after):
            return "test_account"
        corrected = any(
            row.revision > 1 and known.get(version) is not row
            for version, row in rows.items()
        )
        return "correction" if corrected else "late_version"

    def _news(self, bet_id: str, step: Step) -> str:
        if step.version == 0:
            return "placement"
        if step.status in BY_STATUS:
            return BY_STATUS[step.status]
        versions = self._replay.versions[bet_id]
        earlier = [version for version in versions if version < step.version]
        is_settled = earlier and versions[max(earlier)].said.status not in REOPENED
        return "resettlement" if is_settled else "settlement"

    def _rows(self, bet_id: str) -> dict[int, Standing[Bet] | Standing[Settlement]]:
        """Rows that stand, by version; the bet is version 0."""
        return {0: self._replay.bets[bet_id], **self._replay.versions[bet_id]}

    def _statement(self, bet_id: str) -> dict[Step, Money]:
        """What each version adds to the one before; nothing of test accounts."""
        bet = self._replay.bets[bet_id].said
        if self._replay.is_test(bet.customer_id):
            return {}
        placed = gaming_day(bet.placed_at, bet.jurisdiction)
        where = (bet.jurisdiction, bet.currency_code, placed)
        statement: dict[Step, Money] = {
            Step(0, "", *where, placed): (1, bet.stake, 0, 0)
        }
        settled = payout = 0
        for version in sorted(self._replay.versions[bet_id]):
            said = self._replay.versions[bet_id][version].said
            day = gaming_day(said.settled_at, bet.jurisdiction)
            statement[Step(version, said.status, *where, day)] = (
                0, 0, said.settled - settled, said.payout - payout
            )  # fmt: skip
            settled, payout = said.settled, said.payout
        return statement

"""Both histories of what others report, as known at every moment."""

import random
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from senders import Receiver

from orchestration.errors import WarehouseError
from orchestration.transform import dbt
from tests.bench.statement_deliveries import MEASURES, Figures, Partner

Known = dict[tuple[str, str, str], Decimal]
AS_OF = """
    select entity, cast(period_date as varchar), measure, figure
    from finance.fct_statement_figures
    where history = ? and known_from <= ? and ? < known_to
"""


class Oracle:
    """What is delivered and what is accepted, kept as plain dictionaries."""

    def __init__(self) -> None:
        self.deliveries: list[Figures] = []
        self.accepted: dict[str, int] = {}
        self.moments: dict[datetime, tuple[Known, Known]] = {}

    def accept(self, entity: str, delivery: int) -> None:
        self.accepted[entity] = max(delivery, self.accepted.get(entity, -1))

    def note(self, moment: datetime) -> None:
        """Remember both histories as of now."""
        accepted = {
            (entity, month): figures
            for (entity, delivery) in self.accepted.items()
            for (owner, month), figures in self.deliveries[delivery].items()
            if owner == entity
        }
        self.moments[moment] = (_cells(self.deliveries[-1]), _cells(accepted))


def _cells(figures: Figures) -> Known:
    return {
        (entity, str(month), measure): value
        for (entity, month), values in figures.items()
        for measure, value in zip(MEASURES, values, strict=True)
    }


def _deliver(receiver: Receiver, figures: Figures) -> None:
    receiver.take({(e, f"{month:%Y-%m}"): f for (e, month), f in figures.items()})


def _decide_some(receiver: Receiver, oracle: Oracle, draw: random.Random) -> None:
    """Accept, reject or leave open what the last delivery left held."""
    for entity in sorted(receiver.held()):
        verdict = draw.choice(["accept", "reject", "open"])
        if verdict == "open":
            continue
        receiver.decide(entity, accept=verdict == "accept")
        if verdict == "accept":
            oracle.accept(entity, len(oracle.deliveries) - 1)
        oracle.note(receiver.moment())


@pytest.mark.slow
def test_both_histories_are_known_as_they_were_at_every_moment(tmp_path: Path) -> None:
    receiver, oracle, draw = Receiver(tmp_path), Oracle(), random.Random(4)  # noqa: S311 - no secret
    partner = Partner(4, entities=8, periods=14, deliveries=24)
    for figures in partner.deliveries():
        _deliver(receiver, figures)
        oracle.deliveries.append(figures)
        held = receiver.held()
        for entity in {e for delivery in oracle.deliveries for e, _ in delivery}:
            if entity not in held:
                oracle.accept(entity, len(oracle.deliveries) - 1)
        oracle.note(receiver.moment())
        _decide_some(receiver, oracle, draw)
    models = ["+fct_statement_figures", "+rpt_statement_changes"]
    dbt.run(receiver.settings, ["build", "--select", *models, "--threads", "1"])
    for moment, known in oracle.moments.items():
        for history, expected in zip(("delivered", "accepted"), known, strict=True):
            rows = receiver.rows(AS_OF, history, moment, moment)
            assert {(e, p, m): f for e, p, m, f in rows} == expected, (history, moment)
    statuses = receiver.rows(
        "select distinct acceptance_status from finance.rpt_statement_changes"
    )
    assert {s for (s,) in statuses} == {
        "accepted_on_arrival", "held", "accepted", "rejected",
    }  # fmt: skip


def test_a_moment_that_is_past_cannot_be_decided(tmp_path: Path) -> None:
    receiver = Receiver(tmp_path)
    partner = Partner(1, entities=8, periods=14, deliveries=24)
    for figures in partner.deliveries():
        _deliver(receiver, figures)
        if receiver.held():
            break
    receiver.days -= 1
    with pytest.raises(WarehouseError, match="not later"):
        receiver.decide(*receiver.held(), accept=True)

"""Settlements and signals of a clean operator whose cast acts out plots."""

from datetime import date

import pytest
from operator_under_test import Warehouse

from orchestration.database import open_warehouse
from orchestration.evaluation import evaluate
from orchestration.simulator import Dirt, Simulation, SimulationConfig, simulate
from orchestration.simulator.records import BOOKS

SOURCES = frozenset({"devices", "payments", "trading"})


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    config = SimulationConfig(
        seed=9,
        first_date=date(2026, 1, 5),
        days=6,
        bets_per_day=700,
        customers=500,
        dirt=Dirt.none(),
        sources=SOURCES,
    )
    return simulate(config, tmp_path_factory.mktemp("outbox"))


@pytest.fixture(scope="module")
def warehouse(
    simulation: Simulation, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("home"))
    for number, delivery in enumerate(simulation.deliveries):
        warehouse.take_in(simulation, delivery)
        if number == 2:
            warehouse.build()
    warehouse.build(all_tests=True)
    return warehouse


@pytest.mark.slow
def test_every_settlement_pays_what_its_markets_results_make_due(
    warehouse: Warehouse,
) -> None:
    assert warehouse.rows("select * from risk.rpt_settlement_mismatches") == []
    by_type = dict(
        warehouse.rows(
            """
            select bet_type, count(*)
            from intermediate.int_settlements_checked
            inner join staging.stg_betting__bets using (bet_key)
            group by bet_type
            """
        )
    )
    assert set(by_type) == {"single", "double", "treble", "accumulator", "system"}
    [(unchecked,)] = warehouse.rows(
        """
        select count(*) from intermediate.int_settlements_stated
        where is_by_result and bet_key not in (
            select bet_key from intermediate.int_settlements_checked
        )
        """
    )
    assert unchecked == 0


@pytest.mark.slow
def test_each_late_bet_ring_and_fixed_event_is_found_and_nothing_else(
    simulation: Simulation, warehouse: Warehouse
) -> None:
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        results = evaluate(connection, simulation.into / BOOKS)
    checks = {check.name: rows for check, rows in results.items()}
    cases = {row["case_kind"]: row for row in checks["cases"]}
    assert set(cases) == {"late_bets", "rings", "fixed_events"}
    for row in cases.values():
        assert row["planted"] == row["delivered"] == row["found"] > 0
        assert row["false_alarms"] == 0
        assert row["unconfirmed_planted"] == 0
    signals = {row["rule_name"]: row for row in checks["signals"]}
    for rule in ("multi_account", "late_bets", "match_fixing"):
        assert signals[rule]["planted"] == signals[rule]["found"] > 0
        assert signals[rule]["false_alarms"] == 0
    assert signals["any rule"]["lookalikes"] == 0


@pytest.mark.slow
def test_each_score_adds_up_from_its_reasons(warehouse: Warehouse) -> None:
    points = dict(warehouse.rows("select rule_name, points from reference.risk_rules"))
    scores = warehouse.rows(
        "select score, reasons from risk.rpt_customer_risk_scores"
    ) + warehouse.rows("select score, reasons from risk.rpt_event_risk_scores")
    assert scores
    for score, reasons in scores:
        rules = [reason.split(":")[0] for reason in reasons.split("; ")]
        assert score == min(sum(points[rule] for rule in rules), 100)

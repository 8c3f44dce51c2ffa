"""What was planted about customers is found, and nothing else is."""

import pytest
from operator_under_test import Warehouse

from orchestration.database import open_warehouse
from orchestration.evaluation import BOOKS, CUSTOMERS, evaluate
from orchestration.simulator import Dirt, Simulation, SimulationConfig, simulate
from orchestration.transform import dbt

SOURCES = frozenset(
    {
        "crm",
        "experiments",
        "kyc",
        "marketing",
        "product_events",
        "safer_gambling",
        "support",
    }
)

# The domains under test, what they are made of, and all their tests.
BUILD = [
    "build",
    "--select",
    "+path:models/marts/customer",
    "+path:models/marts/marketing",
    "--indirect-selection",
    "buildable",
    "--exclude-resource-type",
    "unit_test",
]


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    config = SimulationConfig(
        seed=21,
        days=6,
        bets_per_day=900,
        customers=1_500,
        dirt=Dirt.all(),
        sources=SOURCES,
    )
    return simulate(config, tmp_path_factory.mktemp("outbox"), truth=False)


@pytest.fixture(scope="module")
def warehouse(
    simulation: Simulation, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("home"))
    for delivery in simulation.deliveries:
        warehouse.take_in(simulation, delivery)
        if delivery.number in {2, len(simulation.deliveries)}:
            dbt.run(warehouse.settings, BUILD)
    return warehouse


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", ["bets_while_excluded", "messages_while_excluded", "sample_ratio_mismatch"]
)
def test_each_breach_is_found_and_nothing_else(
    warehouse: Warehouse, simulation: Simulation, kind: str
) -> None:
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        rows = evaluate(connection, simulation.into / BOOKS, [CUSTOMERS])[CUSTOMERS]
    [row] = [row for row in rows if row["kind"] == kind]
    assert row["found"] == row["planted"] > 0
    assert row["false_alarms"] == 0


@pytest.mark.slow
def test_sessions_are_the_same_counted_at_once_or_load_by_load(
    warehouse: Warehouse,
) -> None:
    everything = "select * from intermediate.int_session_events_counted order by all"
    load_by_load = warehouse.rows(everything)
    run = ["run", "--full-refresh", "--select", "int_session_events_counted"]
    dbt.run(warehouse.settings, run)
    assert warehouse.rows(everything) == load_by_load
    counted = "select sum(bet_count) from customer.fct_sessions"
    assert warehouse.rows(counted)[0][0] > 0


@pytest.mark.slow
def test_no_test_account_is_in_a_mart_about_customers(warehouse: Warehouse) -> None:
    marts = warehouse.rows(
        """
        select table_schema || '.' || table_name, column_name
        from information_schema.columns
        where table_schema in ('customer', 'marketing')
            and column_name like '%customer_id'
        """
    )
    assert len(marts) >= 13
    testers = "select customer_id from platform.rpt_test_accounts"
    assert warehouse.rows(testers)
    for mart, column in marts:
        query = f"select count(*) from {mart} where {column} in ({testers})"
        assert warehouse.rows(query) == [(0,)], mart


@pytest.mark.slow
def test_identifiers_and_free_text_are_in_the_vault_only(warehouse: Warehouse) -> None:
    vault = warehouse.rows(
        """
        select table_name, column_name from information_schema.columns
        where table_schema = 'vault' and column_name in
            ('document_number', 'notes', 'message_text', 'reviewer_note')
        """
    )
    assert len(vault) == 4
    for relation, column in vault:
        filled = f"select count({column}) > 0 from vault.{relation}"
        assert warehouse.rows(filled) == [
            (relation != "geolocation__geolocation_checks",)
        ]
    elsewhere = warehouse.rows(
        """
        select table_schema, table_name from information_schema.columns
        where table_schema <> 'vault' and column_name in
            ('document_number', 'notes', 'message_text', 'reviewer_note')
        """
    )
    assert elsewhere == []

"""Every kind of bad input is refused with its reason and place, and nothing else is."""

from pathlib import Path

from operator_under_test import Warehouse, simulated

from orchestration.ingest.contract import contracts_of
from orchestration.transform import dbt


def test_each_planted_fault_is_found_where_it_is_and_nothing_else(
    tmp_path: Path,
) -> None:
    simulation = simulated(tmp_path / "outbox", seed=5, days=8, sources=None)
    warehouse = Warehouse(tmp_path / "home")
    for delivery in simulation.deliveries:
        warehouse.take_in(simulation, delivery)

    found = set(
        warehouse.rows(
            """
            select files.path, quarantine.file_row, quarantine.column_name,
                quarantine.reason
            from raw.quarantine inner join raw.files using (file_id)
            """
        )
    )
    faults = [fault for fault in simulation.planted if fault.reason is not None]
    assert len({fault.reason for fault in faults}) >= 12
    planted = {(f.path, f.row_number, f.reason) for f in faults}
    assert {(path, row, reason) for path, row, _, reason in found} == planted
    columns = {
        (path, row, (column or "").split(".")[0]) for path, row, column, _ in found
    }
    misplaced = [
        fault
        for fault in faults
        if fault.column and (fault.path, fault.row_number, fault.column) not in columns
    ]
    assert misplaced == []


def test_rows_in_are_loaded_duplicate_or_quarantined_in_every_file(
    tmp_path: Path,
) -> None:
    simulation = simulated(tmp_path / "outbox", seed=6, days=3, sources=None)
    warehouse = Warehouse(tmp_path / "home")
    warehouse.deliver(
        simulation.into, [f for d in simulation.deliveries for f in d.files]
    )
    report = warehouse.load()
    assert len(report.files) == sum(len(d.files) for d in simulation.deliveries)
    for outcome in report.files:
        assert outcome.rows_duplicate >= 0
        assert outcome.rows_in == (
            outcome.rows_loaded + outcome.rows_duplicate + outcome.rows_quarantined
        )
    raw = sum(
        warehouse.rows(f"select count(*) from raw.{contract.relation}")[0][0]
        for contract in contracts_of(dbt.manifest(warehouse.settings)).values()
    )
    assert raw == report.total("rows_loaded")

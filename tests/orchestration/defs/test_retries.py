"""Which errors a step is repeated for."""

import dagster as dg
import pytest
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from orchestration.defs.project import failures_told_apart
from orchestration.errors import WarehouseBusyError, WarehouseError

LOCKED = "IO Error: Could not set lock on file: Conflicting lock is held in process 1"


@pytest.mark.parametrize(
    "error",
    [
        WarehouseBusyError("another process"),
        DagsterDbtCliRuntimeError(LOCKED),
        ConnectionResetError("by peer"),
    ],
)
def test_what_may_pass_is_left_to_the_retry_policy(error: Exception) -> None:
    with pytest.raises(type(error)), failures_told_apart():
        raise error


@pytest.mark.parametrize(
    "error",
    [
        WarehouseError("A column is undeclared.", "Declare it."),
        DagsterDbtCliRuntimeError("Failure in test not_null_dim_customers_id"),
    ],
)
def test_what_stays_as_it_is_is_not_repeated(error: Exception) -> None:
    with pytest.raises(dg.Failure) as failure, failures_told_apart():
        raise error
    assert not failure.value.allow_retries
    assert failure.value.__cause__ is error


def test_a_failure_says_what_to_do() -> None:
    with pytest.raises(dg.Failure) as failure, failures_told_apart():
        raise WarehouseError("A column is undeclared.", "Declare it.")
    assert failure.value.description == "A column is undeclared. Declare it."

"""How dbt's nodes appear in Dagster."""

from typing import Any

import dagster as dg
import pytest

from orchestration.defs.transform.translator import (
    DAILY,
    REPORTING_SLA,
    asset_key,
    freshness_policy,
)


def node(*fqn: str, **properties: Any) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "fqn": ["betting_warehouse", *fqn],
        "name": fqn[-1],
        "config": {"schema": "finance"},
    } | properties


def test_a_model_is_known_by_schema_and_name() -> None:
    model = node("marts", "finance", "rpt_revenue")
    assert asset_key(model) == dg.AssetKey(["finance", "rpt_revenue"])


def test_a_source_is_known_by_the_relation_that_ingestion_makes() -> None:
    source = node(
        "staging",
        "bets_placed",
        resource_type="source",
        schema="raw",
        identifier="betting__bets_placed",
    )
    assert asset_key(source) == dg.AssetKey(["raw", "betting__bets_placed"])


@pytest.mark.parametrize(
    ("fqn", "policy"),
    [
        (("marts", "finance", "rpt_revenue"), REPORTING_SLA),
        (("marts", "risk", "rpt_open_liability"), REPORTING_SLA),
        (("marts", "core", "dim_customers"), DAILY),
        (("intermediate", "finance", "int_bets_posted"), None),
        (("staging", "betting", "stg_betting__bets"), None),
    ],
)
def test_marts_are_promised_fresh(
    fqn: tuple[str, ...], policy: dg.FreshnessPolicy | None
) -> None:
    assert freshness_policy(node(*fqn)) == policy


def test_a_seed_is_promised_nothing() -> None:
    assert freshness_policy(node("jurisdictions", resource_type="seed")) is None

"""How dbt's nodes appear in Dagster."""

from typing import Any

import dagster as dg
import pytest

from orchestration.defs.transform.translator import (
    DAILY,
    REPORTING_SLA,
    asset_key,
    freshness_policy,
    with_tests_attached,
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


def test_a_test_across_models_belongs_to_the_first_that_it_names() -> None:
    def of(*parents: str, **properties: Any) -> dict[str, Any]:
        return {
            "resource_type": "test",
            "attached_node": None,
            "depends_on": {"nodes": list(parents)},
        } | properties

    nodes = {
        "model.revenue": node("marts", "finance", "rpt_revenue"),
        "model.ledger": node("marts", "finance", "fct_ledger"),
        "test.ties": of("macro.sum", "model.ledger", "model.revenue"),
        "test.key": of("model.revenue", "model.ledger", attached_node="model.ledger"),
        "test.of_a_macro": of(),
    }
    attached = with_tests_attached({"nodes": nodes})["nodes"]
    assert {name: attached[name].get("attached_node") for name in nodes} == {
        "model.revenue": None,
        "model.ledger": None,
        "test.ties": "model.ledger",
        "test.key": "model.ledger",
        "test.of_a_macro": None,
    }

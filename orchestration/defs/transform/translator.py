"""How the nodes of the dbt project appear in Dagster."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

Properties = Mapping[str, Any]
"""A node or source of dbt's manifest."""

REPORTING_SLA = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(minutes=3), fail_window=timedelta(minutes=5)
)
"""Finance and Risk are promised figures no older than five minutes.

A warning leaves two minutes to act, twice what a run takes. The feeds deliver every
minute: a mart that nothing arrived for in five is late too, and somebody should look.
"""

DAILY = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(hours=26), fail_window=timedelta(hours=50)
)
"""Other marts: a day and some slack; two days mean that a whole day was missed."""

SLA_DOMAINS = frozenset({"finance", "risk"})


class Translator(DagsterDbtTranslator):
    """Keys and groups follow the schemas of the warehouse; marts get a freshness."""

    def get_asset_key(self, dbt_resource_props: Properties) -> dg.AssetKey:
        """`[schema, relation]`, as a reader would write it in SQL."""
        return asset_key(dbt_resource_props)

    def get_group_name(self, dbt_resource_props: Properties) -> str:
        """The schema."""
        return asset_key(dbt_resource_props).path[0]

    def get_asset_spec(
        self, manifest: Properties, unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """The default with a freshness policy for marts."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        policy = freshness_policy(self.get_resource_props(manifest, unique_id))
        return spec.replace_attributes(freshness_policy=policy)


def asset_key(node: Properties) -> dg.AssetKey:
    """Key of a node or source: `finance/rpt_…`, `raw/betting__…`.

    A source is known by its relation, for that is what ingestion makes.
    """
    if node["resource_type"] == "source":
        return dg.AssetKey([node["schema"], node["identifier"]])
    return dg.AssetKey([node["config"]["schema"], node["name"]])


def freshness_policy(node: Properties) -> dg.FreshnessPolicy | None:
    """What is promised about a mart's age; nothing about anything else."""
    if node["resource_type"] != "model" or node["fqn"][1] != "marts":
        return None
    return REPORTING_SLA if node["fqn"][2] in SLA_DOMAINS else DAILY


def with_tests_attached(manifest: Properties) -> dict[str, Any]:
    """The manifest with each test across models attached to the first it names.

    Dagster makes an asset check of a test only if it knows of which asset. A test of a
    macro reads no model: it stays a part of the build, and fails it, without a check.
    """
    nodes = manifest["nodes"]
    attached = {
        unique_id: node | {"attached_node": first_parent}
        for unique_id, node in nodes.items()
        if node["resource_type"] == "test"
        and not node.get("attached_node")
        and (first_parent := next(filter(nodes.get, node["depends_on"]["nodes"]), None))
    }
    return {**manifest, "nodes": nodes | attached}

"""The rights of each audience: relations, columns and rows.

The policy is three seeds: `audience_access` (relations, and whether all rows),
`audience_hidden_columns` and `audience_jurisdictions`. What is not listed is refused.
They are read from the checkout, not from the warehouse: a right holds from the moment
its revision runs, whether or not the seeds have been built.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from orchestration.errors import WarehouseError
from orchestration.seeds import read_seed

Manifest = Mapping[str, Any]
"""dbt's manifest, as JSON."""

UNPUBLISHED = frozenset({"vault"})
"""Schemas that no file is ever published of: direct identifiers lie in one place."""


@dataclass(frozen=True)
class Relation:
    """A relation that somebody may be given, as the project declares it.

    Attributes:
        schema: Schema in the warehouse.
        name: Name of the model, seed or snapshot.
        unique_id: dbt's name for the node.
        columns: Declared columns in order, with their type; empty where none is
            declared (a snapshot's).
    """

    schema: str
    name: str
    unique_id: str
    columns: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Grant:
    """What one audience may see of one relation.

    Attributes:
        audience: The group of readers.
        relation: The relation.
        hidden: Columns that it may not see.
        jurisdictions: Only rows of these; None for all rows.
    """

    audience: str
    relation: Relation
    hidden: frozenset[str] = frozenset()
    jurisdictions: tuple[str, ...] | None = None

    @property
    def columns(self) -> list[str]:
        """The columns that it may see, in order."""
        return [name for name in self.relation.columns if name not in self.hidden]

    @property
    def is_limited(self) -> bool:
        """Whether something of the relation is kept from the audience."""
        return bool(self.hidden) or self.jurisdictions is not None


@dataclass(frozen=True)
class Limits:
    """What is kept from an audience of a relation that it may see.

    Attributes:
        hidden: Columns that it may not see.
        jurisdictions: Only rows of these; None for all rows.
    """

    hidden: frozenset[str]
    jurisdictions: tuple[str, ...] | None


@dataclass(frozen=True)
class Policy:
    """The seeds' rows, as dictionaries of texts."""

    access: list[dict[str, str]]
    hidden: list[dict[str, str]]
    jurisdictions: list[dict[str, str]]

    @classmethod
    def of_checkout(cls) -> "Policy":
        """The policy as it is checked out."""
        return cls(
            read_seed("audience_access"),
            read_seed("audience_hidden_columns"),
            read_seed("audience_jurisdictions"),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return sha256(json.dumps(vars(self), sort_keys=True).encode()).hexdigest()

    @property
    def audiences(self) -> list[str]:
        """All groups of readers, by name."""
        return sorted({row["audience"] for row in self.access})

    def of(self, audience: str, schema: str, name: str) -> Limits | None:
        """What an audience may see of a relation; None for nothing of it.

        A row that names the relation counts before one of its whole schema.
        """
        whole = {"audience": audience, "schema_name": schema, "relation_name": ""}
        one = whole | {"relation_name": name}
        rows = [r for key in (one, whole) for r in self.access if _has(r, key)]
        if not rows:
            return None
        hidden = (row["column_name"] for row in self.hidden if _has(row, one))
        licences = (
            row["jurisdiction"]
            for row in self.jurisdictions
            if row["audience"] == audience
        )
        is_all = rows[0]["row_scope"] == "all"
        return Limits(frozenset(hidden), None if is_all else tuple(sorted(licences)))


def _has(row: Mapping[str, str], key: Mapping[str, str]) -> bool:
    """Whether a row of a seed is the one that a key says."""
    return key.items() <= row.items()


def relations_of(manifest: Manifest) -> list[Relation]:
    """Marts, seeds and snapshots: what may be given to readers; by schema and name."""
    found = [
        Relation(
            node["config"]["schema"],
            node["name"],
            node["unique_id"],
            {n: c.get("data_type") or "" for n, c in node["columns"].items()},
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"seed", "snapshot"}
        or (node["resource_type"] == "model" and node["path"].startswith("marts/"))
    ]
    return sorted(found, key=str)


def grants_of(manifest: Manifest, policy: Policy) -> list[Grant]:
    """Every grant of relations that the project declares, by audience and relation.

    Raises:
        WarehouseError: A row of the policy does not fit what is declared.
    """
    relations = relations_of(manifest)
    grants = {
        (audience, str(relation)): Grant(
            audience, relation, limits.hidden, limits.jurisdictions
        )
        for audience in policy.audiences
        for relation in relations
        if (limits := policy.of(audience, relation.schema, relation.name)) is not None
    }
    if wrong := [*_misfits(policy, relations, grants)]:
        raise WarehouseError(
            "The access policy does not fit the project:\n  " + "\n  ".join(wrong),
            "Correct seeds/audience_*.csv; nothing is published until then.",
            exit_code=2,
        )
    return [grants[key] for key in sorted(grants)]


def _misfits(
    policy: Policy,
    relations: list[Relation],
    grants: Mapping[tuple[str, str], Grant],
) -> Iterator[str]:
    """What the policy says that cannot be meant."""
    declared = {str(relation): relation for relation in relations}
    for row in policy.hidden:
        relation = declared.get(f"{row['schema_name']}.{row['relation_name']}")
        if relation is None or row["column_name"] not in relation.columns:
            yield f"there is no column to hide: {', '.join(row.values())}"
        elif (row["audience"], str(relation)) not in grants:
            yield f"{row['audience']} may not see {relation}: nothing to hide"
    for grant in grants.values():
        if grant.jurisdictions is None:
            continue
        if "jurisdiction" not in grant.relation.columns:
            yield f"{grant.relation} has no jurisdiction to limit {grant.audience} by"
        if not grant.jurisdictions:
            yield f"{grant.audience} is limited to its licences and has none"

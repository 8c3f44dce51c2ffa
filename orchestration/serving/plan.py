"""How each relation gets into the files, and when it has to be written anew."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.access.rights import UNPUBLISHED, Grant, Manifest, Relation


@dataclass(frozen=True)
class Growth:
    """How a relation grows, so that a publication need not read and write all of it.

    Declared as `meta: {published: {new_rows_by: ..., replacing: [...]}}`.

    Attributes:
        new_rows_by: Column that tells new rows: it is later in them than in all that
            were there before.
        replacing: Columns of the group of rows that a new row takes the place of;
            empty for a relation to which rows are only added.
    """

    new_rows_by: str
    replacing: tuple[str, ...] = ()

    def rows_to_take(self, source: str) -> str:
        """Condition of the rows that came after the moment that it is asked with.

        Of a relation whose rows are replaced: of all rows of their groups.

        Args:
            source: Where the new rows are.
        """
        is_new = f'"{self.new_rows_by}" > ?'
        if not self.replacing:
            return is_new
        group = ", ".join(f'"{name}"' for name in self.replacing)
        return f"({group}) in (select ({group}) from {source} where {is_new})"


@dataclass(frozen=True)
class Published:
    """A grant as it is published.

    Attributes:
        grant: What the audience may see.
        growth: How the relation grows; None for one that is compared as a whole.
        rights: A text that differs when the audience's rights do.
        signature: A text that differs when rows that were published before may be
            other than they were: other code, seeds, warehouse or engine.
        description: What the relation is.
        comments: What its columns are.
    """

    grant: Grant
    growth: Growth | None
    rights: str
    signature: str
    description: str
    comments: Mapping[str, str]

    @property
    def relation(self) -> Relation:
        """The relation that the grant is of."""
        return self.grant.relation

    @property
    def rows(self) -> tuple[str, list[object]]:
        """Condition of the rows that the audience may see, and its parameters."""
        jurisdictions = self.grant.jurisdictions
        if jurisdictions is None:
            return "true", []
        marks = ", ".join("?" * len(jurisdictions))
        return f'"jurisdiction" in ({marks})', list(jurisdictions)


def plan(
    manifest: Manifest, grants: Sequence[Grant], warehouse: str
) -> dict[str, list[Published]]:
    """What each audience's file is to hold, by audience.

    Args:
        manifest: dbt's manifest.
        grants: All rights.
        warehouse: A text that no other warehouse has.
    """
    code = _Code(manifest)
    planned: dict[str, list[Published]] = {}
    for grant in grants:
        if grant.relation.schema in UNPUBLISHED:
            continue
        node = manifest["nodes"][grant.relation.unique_id]
        meta = node["config"].get("meta", {}).get("published")
        growth = meta and Growth(meta["new_rows_by"], tuple(meta.get("replacing", ())))
        rights = _digest(
            grant.columns, [grant.relation.columns[c] for c in grant.columns],
            grant.jurisdictions,
        )  # fmt: skip
        of_code = code.digest(grant.relation.unique_id)
        planned.setdefault(grant.audience, []).append(
            Published(
                grant,
                growth,
                rights,
                _digest(rights, of_code, meta, warehouse, duckdb.__version__),
                node.get("description", ""),
                {n: c.get("description", "") for n, c in node["columns"].items()},
            )
        )
    return planned


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


class _Code:
    """Digests of the code that a relation is made by: its own and all that it reads."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._known: dict[str, str] = {}

    def digest(self, unique_id: str) -> str:
        """A text that differs when the relation's code, or a seed behind it, does."""
        if unique_id not in self._known:
            node = self._manifest["nodes"].get(unique_id)
            if node is None:
                macro = self._manifest["macros"].get(unique_id, {})
                own: Any = macro.get("macro_sql", unique_id)
                behind = macro.get("depends_on", {}).get("macros", [])
            else:
                own = [node["checksum"]["checksum"], node["config"].get("materialized")]
                depends = node["depends_on"]
                behind = [*depends.get("nodes", []), *depends.get("macros", [])]
            # A macro that calls itself ends here.
            self._known[unique_id] = "itself"
            self._known[unique_id] = _digest(own, *(map(self.digest, sorted(behind))))
        return self._known[unique_id]

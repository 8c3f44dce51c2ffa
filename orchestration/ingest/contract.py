"""The contract of a landed table, as its dbt source declares it.

`models/staging/<source>/_<source>__sources.yml` is the only place where a raw column's
type, nullability, bounds and key are written; ingestion reads them from dbt's manifest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.errors import WarehouseError
from orchestration.seeds import read_seed

PII_CLASSES = ("none", "indirect", "direct")
# What a calendar holds on every engine; a contract is usually narrower.
_FIRST = {"date": "date '0001-01-01'", "timestamp": "timestamp '0001-01-01'"}
_BEYOND = {"date": "date '10000-01-01'", "timestamp": "timestamp '10000-01-01'"}


@dataclass(frozen=True)
class Column:
    """One landed column.

    Attributes:
        name: Name in the file and in the raw relation.
        data_type: SQL type, e.g. `decimal(18,2)`; `list` for a child relation.
        nullable: Whether a missing value is accepted.
        pii: `none`, `indirect` (device, address) or `direct` (goes to the vault).
        accepted_values: The only values allowed, or empty for any.
        pattern: Regular expression that the whole value must match.
        minimum: Smallest value allowed, as SQL literal.
        above: Value that must be exceeded, as SQL literal.
        below: Value that must not be reached, as SQL literal.
    """

    name: str
    data_type: str
    nullable: bool
    pii: str
    accepted_values: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: str | None = None
    above: str | None = None
    below: str | None = None

    @property
    def family(self) -> str:
        """Type without its parameters: `varchar`, `decimal`, `timestamp`, ..."""
        return self.data_type.partition("(")[0].strip()

    @property
    def length(self) -> int | None:
        """Longest text allowed, in bytes of UTF-8; None for other types."""
        if self.family != "varchar":
            return None
        return int(self.data_type.partition("(")[2].rstrip(") "))


@dataclass(frozen=True)
class RowCheck:
    """A rule across columns that every row must pass.

    Attributes:
        column: The column a person should look at.
        passes: SQL condition over the landed columns.
        message: The rule in words.
    """

    column: str
    passes: str
    message: str


@dataclass(frozen=True)
class TableContract:
    """What a landed table promises.

    Attributes:
        source: Source system, e.g. `betting`.
        table: Table of that system, e.g. `bets_placed`.
        columns: Landed columns in raw order; a child relation's column has type `list`.
        key: Columns that name the thing a row states; a later row replaces it.
        surrogates: 64-bit join key made of a text column: `{"bet_key": "bet_id"}`.
        checks: Rules across columns.
        children: Column of type list -> contract of the relation it becomes.
        record_kind: What its records are to the law, as in the seed `legal_holds`.
    """

    source: str
    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    surrogates: Mapping[str, str]
    checks: tuple[RowCheck, ...]
    children: Mapping[str, "TableContract"]
    record_kind: str | None = None

    @property
    def relation(self) -> str:
        """Name in the `raw` schema."""
        return f"{self.source}__{self.table}"

    @property
    def scalars(self) -> tuple[Column, ...]:
        """Landed columns that are no child relations."""
        return tuple(c for c in self.columns if c.name not in self.children)

    @property
    def raw_columns(self) -> tuple[Column, ...]:
        """Scalars that stay in `raw`: all but direct identifiers."""
        return tuple(c for c in self.scalars if c.pii != "direct")

    @property
    def vault_columns(self) -> tuple[Column, ...]:
        """Direct identifiers, kept apart in `vault`."""
        return tuple(c for c in self.scalars if c.pii == "direct")

    @property
    def lookup_key(self) -> tuple[str, ...]:
        """The key with each text column replaced by its surrogate, if it has one."""
        short = {text: name for name, text in self.surrogates.items()}
        return tuple(short.get(column, column) for column in self.key)


def contracts_of(manifest: Mapping[str, Any]) -> dict[tuple[str, str], TableContract]:
    """Contracts of all landed tables, by (source, table).

    Args:
        manifest: dbt's manifest.json.

    Raises:
        WarehouseError: A declaration is incomplete.
    """
    sources = [s for s in manifest["sources"].values() if _meta(s).get("landed")]
    by_name = {(s["source_name"], s["name"]): s for s in manifest["sources"].values()}
    return {
        (s["source_name"], s["name"]): _table(s, by_name)
        for s in sorted(sources, key=lambda s: str(s["unique_id"]))
    }


def _table(
    node: Mapping[str, Any], nodes: Mapping[tuple[str, str], Mapping[str, Any]]
) -> TableContract:
    meta = _meta(node)
    columns = tuple(
        _column(node, column)
        for column in node["columns"].values()
        if not _meta(column).get("stamped")
    )
    return TableContract(
        source=node["source_name"],
        table=node["name"],
        columns=columns,
        key=tuple(meta.get("key", ())),
        surrogates=meta.get("surrogates", {}),
        checks=tuple(RowCheck(**check) for check in meta.get("checks", ())),
        children={
            column: _table(nodes[node["source_name"], child], nodes)
            for column, child in meta.get("children", {}).items()
        },
        record_kind=meta.get("record_kind"),
    )


def _column(node: Mapping[str, Any], column: Mapping[str, Any]) -> Column:
    meta = _meta(column)
    where = f"{node['source_name']}.{node['name']}.{column['name']}"
    if not column.get("data_type") or meta.get("pii") not in PII_CLASSES:
        raise WarehouseError(
            f"Source column {where} lacks a data_type or a pii class.",
            f"Declare both in {node['original_file_path']}; "
            f"pii is one of {', '.join(PII_CLASSES)}.",
        )
    data_type = column["data_type"].lower()
    return Column(
        name=column["name"],
        data_type=data_type,
        nullable=bool(meta.get("nullable", False)),
        pii=meta["pii"],
        accepted_values=_accepted_values(meta),
        pattern=meta.get("pattern"),
        minimum=_literal(meta.get("minimum", _FIRST.get(data_type))),
        above=_literal(meta.get("above")),
        below=_literal(meta.get("below", _BEYOND.get(data_type))),
    )


def _accepted_values(meta: Mapping[str, Any]) -> tuple[str, ...]:
    """Values listed in the declaration, or those of a seed's column."""
    if "accepted_values_from" not in meta:
        return tuple(meta.get("accepted_values", ()))
    seed, column = meta["accepted_values_from"].split(".")
    return tuple(row[column] for row in read_seed(seed))


def _literal(value: object) -> str | None:
    return None if value is None else str(value)


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = node.get("config", {}).get("meta") or node.get("meta", {})
    return meta

"""What each relation holds once its customers are forgotten.

In every relation a text that tells one of them becomes their pseudonym, so that sums
and counts of customers stay. Of their raw rows the personal columns go, or take a value
that says nothing where one is required. Their rows in the vault go.
"""

import duckdb

from orchestration.ingest.contract import Column, TableContract
from orchestration.privacy.rewriting import Relation, Rows
from orchestration.privacy.subjects import WINDOW, Contracts, owned, personal_columns

SNAPSHOT_ID = "dbt_scd_id"
"""Made from the customer's identifier, and nothing joins to it."""


def declare_texts(connection: duckdb.DuckDBPyConnection, texts: dict[str, str]) -> None:
    """Make the temp table `texts` of a connection: text -> pseudonym."""
    connection.execute(
        "create or replace temp table texts (value varchar, pseudonym varchar)"
    )
    connection.executemany("insert into texts values (?, ?)", list(texts.items()))


def forgotten(connection: duckdb.DuckDBPyConnection) -> Rows:
    """For any database: relations in which a telling text is a value, and without it.

    Args:
        connection: The database as `old`; temp tables `subjects` and `texts`.
    """
    changed: dict[Relation, str] = {}
    for relation, texts in _text_columns(connection).items():
        name = 'old."' + '"."'.join(relation) + '"'
        found = _columns_with_texts(connection, name, texts)
        hidden = [c for c in texts if c.endswith("_pseudonym") or c == SNAPSHOT_ID]
        if not found or relation[0] == "vault":
            continue
        if "customer_id" not in found:
            hidden = []
        changed[relation] = _select(name, found, hidden)
    return changed


def raw_forgotten(contracts: Contracts, already: Rows) -> Rows:
    """For the warehouse: raw and vault relations without personal values.

    Args:
        contracts: Contract by (source, table).
        already: What `forgotten` found.
    """
    changed = dict(already)
    for contract in owned(contracts):
        relation = ("raw", contract.relation)
        personal = {
            c.name: neutral(c)
            for c in personal_columns(contract)
            if c.pii == "indirect"
        }
        select = already.get(relation)
        if select and personal:
            replaced = ", ".join(
                f"case when starts_with(customer_id, 'erased-') and "
                f"customer_id in (select pseudonym from subjects) "
                f'then {value} else "{name}" end as "{name}"'
                for name, value in personal.items()
            )
            changed[relation] = f"select * replace ({replaced}) from ({select})"
        if contract.vault_columns:
            changed["vault", contract.relation] = _vault(contract)
    return changed


def neutral(column: Column) -> str:
    """SQL of the value that says nothing; `customer_id` is the pseudonym by then."""
    if column.nullable:
        return "null"
    if column.family == "varchar":
        return f"left(customer_id, {column.length})"
    if column.family in {"date", "timestamp"}:
        return f"cast('2000-01-01' as {column.data_type})"
    return f"cast(0 as {column.data_type})"


def _vault(contract: TableContract) -> str:
    key = ", ".join(contract.key)
    owned_keys = (
        "subjects"
        if "customer_id" in contract.key
        else f"(select {key} from old.raw.{contract.relation} "
        "semi join subjects using (customer_id)) as theirs"
    )
    by = "customer_id" if "customer_id" in contract.key else key
    return (
        f"select * from old.vault.{contract.relation} "
        f"anti join {owned_keys} using ({by})"
    )


def _text_columns(connection: duckdb.DuckDBPyConnection) -> dict[Relation, list[str]]:
    found: dict[Relation, list[str]] = {}
    for schema, table, column in connection.execute(
        """
        select schema_name, table_name, column_name
        from duckdb_columns() semi join duckdb_tables()
            using (database_name, schema_name, table_name)
        where database_name = 'old' and data_type = 'VARCHAR'
        order by schema_name, table_name, column_index
        """
    ).fetchall():
        found.setdefault((schema, table), []).append(column)
    return found


def _texts_for(column: str, columns: str = "value") -> str:
    """SELECT of what is replaced in a column.

    A short text could be anything but where identifiers of customers stand.
    """
    any_length = column.endswith("customer_id")
    return f"select {columns} from texts" + (
        "" if any_length else f" where strlen(value) >= {WINDOW}"
    )


def _columns_with_texts(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: list[str]
) -> list[str]:
    asked = ", ".join(
        f'bool_or("{column}" in ({_texts_for(column)}))' for column in columns
    )
    [answers] = connection.execute(f"select {asked} from {relation}").fetchall()
    return [column for column, answer in zip(columns, answers, strict=True) if answer]


def _select(relation: str, found: list[str], hidden: list[str]) -> str:
    replaced = [
        f'coalesce(t{number}.pseudonym, kept."{column}") as "{column}"'
        for number, column in enumerate(found)
    ]
    joins = [
        f"left join ({_texts_for(column, 'value, pseudonym')}) as t{number} "
        f'on kept."{column}" = t{number}.value'
        for number, column in enumerate(found)
    ]
    owner = found.index("customer_id") if hidden else 0
    replaced += [
        f'case when t{owner}.pseudonym is null then kept."{column}" else '
        + (
            "md5(cast(uuid() as varchar))"
            if column == SNAPSHOT_ID
            else f"t{owner}.pseudonym"
        )
        + f' end as "{column}"'
        for column in hidden
        if column not in found
    ]
    return (
        f"select kept.* replace ({', '.join(replaced)}) "
        f"from {relation} as kept {' '.join(joins)}"
    )

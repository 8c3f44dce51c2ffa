"""What of a load's SQL has no form that both engines take, as Redshift spells it."""

from collections.abc import Sequence

from orchestration.ingest.contract import Column, TableContract


class RedshiftSql:
    """Children lie in temp tables beside `incoming`: there are no list columns."""

    def digest(self, contract: TableContract) -> str:
        """See `Engine`."""
        values = [_text(c) for c in contract.scalars if c.name != "recorded_at"]
        values += [f"""coalesce("{name}", '')""" for name in contract.children]
        return f"md5({' || '.join(f'md5({value})' for value in values)})"

    def items(self, child: TableContract) -> str:
        """See `Engine`; LISTAGG holds the digests of some 2,000 rows."""
        row = f"md5({' || '.join(f'md5({_text(c)})' for c in child.columns)})"
        return f"listagg({row}) within group (order by {row})"

    def contested_rows(self, relation: str, key: Sequence[str]) -> str:
        """See `Engine`."""
        same_key = " and ".join(f"other.{c} = rows_there.{c}" for c in key)
        return (
            f"select rows_there.* from {relation} as rows_there where exists "
            f"(select 1 from contested as other where {same_key})"
        )

    def incoming(self, contract: TableContract) -> str:
        """See `Engine`."""
        names = [*contract.surrogates, *(c.name for c in contract.scalars)]
        columns = [f'incoming."{n}"' for n in (*names, "file_id", "file_row", "is_bad")]
        joins = ""
        for name, child in contract.children.items():
            columns.append(f'{name}_items.items as "{name}"')
            joins += f"""
                left join (
                    select file_id, file_row, {self.items(child)} as items
                    from incoming__{name} group by file_id, file_row
                ) as {name}_items
                    on {name}_items.file_id = incoming.file_id
                    and {name}_items.file_row = incoming.file_row"""
        return f"(select {', '.join(columns)} from incoming{joins}) as incoming"

    def child_rows(self, contract: TableContract, name: str, accepted: str) -> str:
        """See `Engine`."""
        child = contract.children[name]
        columns = [f'accepted."{c}"' for c in (*contract.surrogates, *child.key)]
        columns += [f'items."{c.name}"' for c in child.columns]
        return f"""
            select {", ".join(columns)}, accepted.revision, $known_at
            from ({accepted}) as accepted
            join incoming__{name} as items
                on items.file_id = accepted.file_id
                and items.file_row = accepted.file_row
        """


def _text(column: Column) -> str:
    """A column's value as text that is the same whenever the value is."""
    value = f'"{column.name}"'
    if column.family == "boolean":
        value = f"case when {value} then 'true' when not {value} then 'false' end"
    elif column.family != "varchar":
        value = f"cast({value} as varchar(64))"
    # A text cannot be equal to nothing: it begins with a quote.
    return f"""coalesce('"' || {value}, 'null')"""

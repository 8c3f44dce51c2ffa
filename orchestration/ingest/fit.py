"""Whether a file fits its contract, by its footer alone.

A `FileProblem` stops that file only. What is wrong with single rows, `rules` finds.
"""

from dataclasses import dataclass

import pyarrow as pa

from orchestration.ingest.casts import is_bytes
from orchestration.ingest.contract import Column, TableContract


@dataclass(frozen=True)
class FileProblem:
    """Why a whole file is refused: reason code, column if any, and words."""

    reason: str
    column: str | None
    message: str


def file_problem(contract: TableContract, schema: pa.Schema) -> FileProblem | None:
    """The first reason why a file of this schema can't be read; None when it can.

    Wider or narrower types of the same family pass here, their values are checked row
    by row. Columns that the contract doesn't know are ignored.
    """
    for column in contract.columns:
        if column.name not in schema.names:
            return FileProblem(
                "missing_column", column.name, f"column {column.name} is missing"
            )
        found = schema.field(column.name).type
        if not _fits(contract, column, found):
            return FileProblem(
                "wrong_type",
                column.name,
                f"column {column.name} is {found}, the contract says "
                f"{column.data_type}",
            )
    return None


def extra_columns(contract: TableContract, schema: pa.Schema) -> list[str]:
    """Columns of the file that the contract doesn't know; they are not loaded."""
    known = {column.name for column in contract.columns}
    return [name for name in schema.names if name not in known]


def _fits(contract: TableContract, column: Column, found: pa.DataType) -> bool:
    if column.name in contract.children:
        child = contract.children[column.name]
        is_list = pa.types.is_list(found) or pa.types.is_large_list(found)
        if not is_list or not pa.types.is_struct(found.value_type):
            return False
        fields = {field.name: field.type for field in found.value_type}
        return all(
            c.name in fields and _fits(child, c, fields[c.name]) for c in child.columns
        )
    return bool(_FAMILY_TESTS[column.family](found))


def _is_text(found: pa.DataType) -> bool:
    if pa.types.is_dictionary(found):
        found = found.value_type
    is_string = pa.types.is_string(found) or pa.types.is_large_string(found)
    return bool(is_string or is_bytes(found))


def _is_number(found: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(found)
        or pa.types.is_decimal(found)
        or pa.types.is_floating(found)
    )


_FAMILY_TESTS = {
    "varchar": _is_text,
    "boolean": pa.types.is_boolean,
    "integer": pa.types.is_integer,
    "bigint": pa.types.is_integer,
    "decimal": _is_number,
    "date": pa.types.is_date,
    "timestamp": pa.types.is_timestamp,
}

"""SQL that makes a landed value one of the contract's type."""

import pyarrow as pa

from orchestration.ingest.contract import Column, TableContract


def cast_of(column: Column, found: pa.DataType) -> str:
    """SQL that makes a landed value one of the contract's type, or null."""
    value = f'landed."{column.name}"'
    if column.family == "varchar":
        return f"try(decode({value}))" if is_bytes(found) else value
    if pa.types.is_timestamp(found) and found.tz is not None:
        return f"cast({value} at time zone 'UTC' as timestamp)"
    return f"try_cast({value} as {column.data_type})"


def cast_of_list(name: str, child: TableContract) -> str:
    """SQL that makes a landed list one of the child's columns, or null."""
    fields = ", ".join(f"{c.name} {c.data_type}" for c in child.columns)
    return f'try_cast(landed."{name}" as struct({fields})[])'


def surely_fits(column: Column, found: pa.DataType) -> bool:
    """Whether no value of the found type can fail to be one of the contract's."""
    if column.family == "decimal" and pa.types.is_decimal(found):
        precision, scale = (int(n) for n in column.data_type[8:-1].split(","))
        return bool(
            found.scale <= scale and found.precision - found.scale <= precision - scale
        )
    if column.family == "integer":
        return bool(pa.types.is_int32(found) or found.bit_width < 32)
    if column.family == "bigint":
        return bool(not pa.types.is_uint64(found))
    return column.family in {"boolean", "date", "timestamp"}


def is_bytes(found: pa.DataType) -> bool:
    """Whether a text column holds bytes, which need not be UTF-8."""
    return bool(pa.types.is_binary(found) or pa.types.is_large_binary(found))

"""`python -m tests.bench.sizes HOME`: what the relations weigh, per bet and per year.

Each relation of a built DuckDB warehouse is written as parquet with zstd, the nearest
thing on one machine to Redshift's column encodings. On a cluster the true figures are
in `svv_table_info` (size in blocks of 1 MB, tbl_rows).
"""

import sys
import tempfile
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

BETS_A_DAY = (1_000_000, 10_000_000)
TEXT = "VARCHAR"
WIDTHS = {"BOOLEAN": 1, "INTEGER": 4, "DATE": 4}
"""Bytes of a value; timestamps, keys and decimals of up to 19 digits have 8."""
SMALL = 0.001
"""Rows per bet below which a relation does not grow with bets."""
HEAVY = 3
"""Compressed bytes per bet from which on a relation is listed."""


def bytes_of(connection: duckdb.DuckDBPyConnection, relation: str, file: Path) -> int:
    """Bytes of a relation as parquet, written in the order in which it was appended."""
    connection.execute(
        f"copy (select * from {relation}) to '{file}' "
        "(format parquet, compression zstd, row_group_size 122880)"
    )
    return file.stat().st_size


def width(connection: duckdb.DuckDBPyConnection, relation: str) -> float:
    """Bytes of a row as it stands: texts by their mean length, the rest by type."""
    columns = connection.execute(
        "select column_name, column_type from (describe from query_table($relation))",
        {"relation": relation},
    ).fetchall()
    texts = [f'avg(coalesce(strlen("{c}"), 0))' for c, kind in columns if kind == TEXT]
    row = connection.execute(
        f"select {' + '.join(texts) or '0'} from {relation}"
    ).fetchone()
    fixed = sum(WIDTHS.get(kind, 8) for _, kind in columns if kind != TEXT)
    return fixed + float(row[0] if row else 0)


def sizes(database: Path) -> list[tuple[str, float, float, float]]:
    """Relation, rows per bet, bytes per row plain and compressed; heaviest first."""
    with (
        duckdb.connect(str(database), read_only=True) as connection,
        tempfile.TemporaryDirectory() as folder,
    ):
        relations = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_type = 'BASE TABLE'",
        ).fetchall()
        counts = {relation: _count(connection, relation) for (relation,) in relations}
        bets = counts["raw.betting__bets_placed"]
        found = [
            (
                relation,
                rows / bets,
                width(connection, relation),
                bytes_of(connection, relation, Path(folder) / "rows.parquet") / rows,
            )
            for relation, rows in counts.items()
            if rows / bets > SMALL
        ]
    return sorted(found, key=lambda one: -one[1] * one[3])


def main(home: Path) -> None:
    """Print the table that docs/guides/redshift.md shows."""
    table = Table()
    for heading in ("relation", "rows per bet", "plain bytes per row", "zstd"):
        is_name = heading == "relation"
        table.add_column(
            heading, justify="left" if is_name else "right", no_wrap=is_name
        )
    for bets in BETS_A_DAY:
        table.add_column(f"GB/year at {bets // 1_000_000}M bets/day", justify="right")
    plain_total = total = 0.0
    for relation, per_bet, plain, per_row in sizes(home / "warehouse.duckdb"):
        total += per_bet * per_row
        plain_total += per_bet * plain
        if per_bet * per_row >= HEAVY:
            table.add_row(
                relation,
                f"{per_bet:.2f}",
                f"{plain:.0f}",
                f"{per_row:.0f}",
                *_years(per_bet * per_row),
            )
    table.add_row(
        "all, per bet", "", f"{plain_total:.0f}", f"{total:.0f}", *_years(total)
    )
    Console(width=130).print(table)


def _years(bytes_per_bet: float) -> list[str]:
    return [f"{bytes_per_bet * bets * 365 / 1e9:,.0f}" for bets in BETS_A_DAY]


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""A client: `python client.py FILE WORKBOOK`, with whatever is installed beside it.

Needs nothing of this project. Prints the versions of what it used, and for each way of
asking the number of ledger entries and the sum of their handle.
"""

# ruff: noqa: PLC0415 T201 - imports what is there; says what it found
import importlib.util
import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import duckdb

LEDGER = "finance.fct_bet_ledger_entries"
QUERY = f"select count(*), sum(handle_amount)::varchar from {LEDGER}"


def plain(file: str) -> list[object]:
    """DuckDB's own connection."""
    with duckdb.connect(file, read_only=True) as connection:
        comments = connection.execute(
            "select count(*) from duckdb_columns() where comment is not null"
        ).fetchone()
        assert comments
        assert comments[0] > 100
        return list(connection.execute(QUERY).fetchone() or ())


def as_arrow(file: str) -> Any:
    """All handle amounts as a table of Arrow, in which decimals stay decimals."""
    with duckdb.connect(file, read_only=True) as connection:
        asked = connection.execute(f"select handle_amount from {LEDGER}")
        # Named otherwise before 1.4.
        return (getattr(asked, "to_arrow_table", None) or asked.fetch_arrow_table)()


def of_pandas(file: str) -> list[object]:
    """A data frame of pandas."""
    import pandas as pd

    frame = as_arrow(file).to_pandas(types_mapper=pd.ArrowDtype)
    return [len(frame), str(frame["handle_amount"].sum())]


def of_polars(file: str) -> list[object]:
    """A data frame of polars."""
    import polars as pl

    frame = pl.DataFrame(as_arrow(file))
    return [frame.height, str(frame["handle_amount"].sum())]


def of_sqlalchemy(file: str) -> list[object]:
    """SQLAlchemy, as Superset and its like use it."""
    import sqlalchemy

    url = f"duckdb:///{file}"
    options = {"read_only": True}
    engine = sqlalchemy.create_engine(url, connect_args=options)
    assert "finance" in " ".join(sqlalchemy.inspect(engine).get_schema_names())
    with engine.connect() as connection:
        return list(connection.execute(sqlalchemy.text(QUERY)).one())


WAYS: dict[str, tuple[str, Callable[[str], list[object]]]] = {
    "duckdb": ("duckdb", plain),
    "pandas": ("pandas", of_pandas),
    "polars": ("polars", of_polars),
    "sqlalchemy": ("duckdb_engine", of_sqlalchemy),
}


def main(file: str, workbook: str) -> None:
    """Ask in every way there is."""
    there = {
        way: (module, ask)
        for way, (module, ask) in WAYS.items()
        if importlib.util.find_spec(module)
    }
    answers = {way: ask(file) for way, (_, ask) in there.items()}
    used = {module: version(module) for module, _ in there.values()}
    if importlib.util.find_spec("openpyxl"):
        import openpyxl

        sheet = openpyxl.load_workbook(workbook)["dim_dates"]
        assert sheet.max_row > 1
        used["openpyxl"] = version("openpyxl")
    print(json.dumps({"versions": used, "answers": answers}))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""An Excel workbook of a relation: its rows on one sheet, what they are on another."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

MOST_ROWS = 1_048_575
"""Rows of a sheet, less one for the header."""

EXACT_DIGITS = 15
"""Digits that a number in Excel keeps; what has more is written as text."""


def write_sheet(
    path: Path,
    relation: str,
    columns: Sequence[Mapping[str, str]],
    rows: Iterable[Sequence[Any]],
    about: Mapping[str, Any],
) -> None:
    """Write a workbook.

    Texts are cells of text, whatever they begin with: none becomes a formula. Decimals
    are numbers with their digits where Excel can hold them, and texts where it cannot.

    Args:
        path: Where to.
        relation: Name of the relation; its last 31 characters name the sheet.
        columns: name, type and description of each column.
        rows: The rows.
        about: What the second sheet says of them.
    """
    # Its import takes a moment, which other commands need not wait for.
    import xlsxwriter  # noqa: PLC0415

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(relation.rpartition(".")[2][-31:])
        formats = [book.add_format({"num_format": _shape(c["type"])}) for c in columns]
        for number, column in enumerate(columns):
            sheet.write_string(0, number, column["name"], bold)
        for line, row in enumerate(rows, 1):
            for number, value in enumerate(row):
                _write(sheet, (line, number), value, formats[number])
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet("about")
        told = [*((name, str(value)) for name, value in about.items()), ("", "")]
        told += [(column["name"], column["description"]) for column in columns]
        for line, pair in enumerate(told):
            for number, text in enumerate(pair):
                notes.write_string(line, number, text)


def _write(
    sheet: Any,  # noqa: ANN401 - xlsxwriter publishes no types
    cell: tuple[int, int],
    value: object,
    shape: object,
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(*cell, value)
    elif isinstance(value, int | Decimal) and _is_exact(value):
        sheet.write_number(*cell, value, shape)
    elif isinstance(value, float):
        sheet.write_number(*cell, value)
    elif isinstance(value, date | datetime) and value.year < 9999:
        sheet.write_datetime(*cell, value, shape)
    else:
        sheet.write_string(*cell, str(value))


def _is_exact(value: int | Decimal) -> bool:
    """Whether Excel keeps every digit of a number."""
    digits = Decimal(value).as_tuple().digits
    return len(digits) <= EXACT_DIGITS


def _shape(kind: str) -> str:
    """How Excel is to show a column of a type."""
    if kind.startswith("DECIMAL"):
        scale = int(kind.rpartition(",")[2].rstrip(")"))
        return "0." + "0" * scale if scale else "0"
    if kind == "TIMESTAMP":
        return "yyyy-mm-dd hh:mm:ss"
    return "yyyy-mm-dd" if kind == "DATE" else "General"

"""Files of one table that are appended together, and the SQL that reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ingest.contract import TableContract
from orchestration.ingest.ledger import FileOutcome, rows_by_file
from orchestration.ingest.rules import ReadPlan
from orchestration.sql import literal


@dataclass(frozen=True)
class Part:
    """Files of one physical schema: how and where they are read."""

    read: ReadPlan
    files: Sequence[FileOutcome]
    locations: Sequence[Path]


@dataclass(frozen=True)
class Batch:
    """Files of one table that are appended together."""

    contract: TableContract
    parts: Sequence[Part]

    @property
    def first_id(self) -> int:
        """Smallest number of a file of the batch."""
        return min(file.file_id for file in self.files)

    @property
    def files(self) -> list[FileOutcome]:
        """The files of all parts."""
        return [file for part in self.parts for file in part.files]

    def read_into(
        self, reader: duckdb.DuckDBPyConnection, known_at: datetime
    ) -> dict[int, int]:
        """Make the temp table `incoming`, and a quarantine row per broken rule.

        Returns:
            Number of bad rows by file.
        """
        reader.execute("drop table if exists incoming")
        reader.execute(f"create temp table incoming as {_incoming(self)}")
        quarantined = rows_by_file(reader, "incoming where is_bad")
        if quarantined:
            for part in self.parts:
                reader.execute(_quarantine(part), {"known_at": known_at})
        return quarantined


def _landed(part: Part) -> str:
    """FROM clause: the files' rows as `landed`, their numbers as `numbered`."""
    locations = [literal(str(location)) for location in part.locations]
    numbered = " union all ".join(
        f"select {location} as location, {outcome.file_id}::bigint as file_id"
        for location, outcome in zip(locations, part.files, strict=True)
    )
    return (
        f"read_parquet([{', '.join(locations)}], filename = true, "
        f"file_row_number = true) as landed "
        f"join ({numbered}) as numbered on numbered.location = landed.filename"
    )


def _incoming(batch: Batch) -> str:
    """SELECT of all rows with the contract's types, and whether a rule is broken."""
    return " union all ".join(_typed(batch.contract, part) for part in batch.parts)


def _typed(contract: TableContract, part: Part) -> str:
    surrogates = "".join(
        f"{_surrogate(part.read.select[text])} as {name}, "
        for name, text in contract.surrogates.items()
    )
    columns = ", ".join(f'{sql} as "{c}"' for c, sql in part.read.select.items())
    is_bad = " or ".join(f"coalesce({rule.fails}, false)" for rule in part.read.rules)
    return (
        f"select {surrogates}{columns}, file_id, file_row_number as file_row, "
        f"{is_bad} as is_bad from {_landed(part)}"
    )


def _surrogate(text: str) -> str:
    """A 63-bit join key of a text id: the same on every machine and version."""
    return f"cast(md5_number_upper({text}) >> 1 as bigint)"


def _quarantine(part: Part) -> str:
    """INSERT of one row per broken rule; the bad rows are read a second time."""
    broken = ", ".join(
        f"case when {r.fails} then struct_pack(column_name := {literal(r.column)}, "
        f"value_class := {r.value_class}, reason := {literal(r.reason)}, "
        f"message := {literal(r.message)}) end"
        for r in part.read.rules
    )
    file = part.files[0].file
    return f"""
        insert into raw.quarantine
        select file_id, {literal(file.source)}, {literal(file.table)},
            broken.column_name, broken.value_class, broken.reason, broken.message,
            file_row, $known_at
        from (
            select numbered.file_id, landed.file_row_number as file_row,
                unnest([{broken}]) as broken
            from {_landed(part)}
            semi join (select file_id, file_row from incoming where is_bad) as bad
                on bad.file_id = numbered.file_id
                and bad.file_row = landed.file_row_number
        )
        where broken is not null
    """

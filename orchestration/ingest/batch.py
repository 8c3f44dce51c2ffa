"""Files of one table, appended together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import duckdb

from orchestration.ingest import revisions
from orchestration.ingest.checks import (
    ReadPlan,
    extra_columns,
    file_problem,
    read_plan,
)
from orchestration.ingest.contract import TableContract
from orchestration.ingest.engine import Connection, Engine, execute_many
from orchestration.ingest.files import Footer, LandedFile, read_footer
from orchestration.privacy.tombstones import Tombstones

ROWS_PER_BATCH = 1_000_000
"""Rows held in memory at once; bounds the memory of a load of any size."""


@dataclass
class FileOutcome:
    """What became of one file: one row of `raw.files`.

    Attributes:
        file_id: Number of the file.
        file: The file.
        rows_in: Rows that the footer promises, 0 when there is none.
        rows_loaded: Rows appended to raw.
        rows_quarantined: Rows refused, each with one or more reasons.
        reason: Why the whole file was refused, or None.
        message: That reason in words, or a remark such as ignored extra columns.
        column: The column that the reason is about.
    """

    file_id: int
    file: LandedFile
    rows_in: int
    rows_loaded: int = 0
    rows_quarantined: int = 0
    reason: str | None = None
    message: str | None = None
    column: str | None = None

    @property
    def rows_duplicate(self) -> int:
        """Good rows that said nothing new."""
        return self.rows_in - self.rows_loaded - self.rows_quarantined


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
        quarantined = _counts(reader, "incoming where is_bad")
        if quarantined:
            for part in self.parts:
                reader.execute(_quarantine(part), {"known_at": known_at})
        return quarantined


@dataclass(frozen=True)
class _Readable:
    """A file that fits its contract."""

    outcome: FileOutcome
    contract: TableContract
    footer: Footer
    location: Path

    @property
    def relation(self) -> str:
        return self.contract.relation

    @property
    def shape(self) -> str:
        return str(self.footer.schema.remove_metadata())


def plan(
    contracts: dict[tuple[str, str], TableContract],
    files: Sequence[LandedFile],
    copies: dict[str, Path | None],
    first_id: int,
    tombstones: Tombstones,
) -> tuple[list[Batch], list[FileOutcome]]:
    """Sort files into batches; files that can't be read come back as refused.

    Args:
        contracts: Contract by (source, table).
        files: New files, in the order in which they get their numbers.
        copies: Path -> where to read a file instead; None for one that is unreadable.
        first_id: Number of the first file.
        tombstones: Whom nothing is taken in about.
    """
    refused: list[FileOutcome] = []
    readable: list[_Readable] = []
    for file_id, file in enumerate(files, first_id):
        contract = contracts.get((file.source, file.table))
        location = copies.get(file.path, file.location)
        footer = read_footer(location or file.location)
        outcome = FileOutcome(file_id, file, footer.rows if footer else 0)
        if contract is None:
            _refuse(outcome, "unknown_table", "no contract is declared for this folder")
        elif footer is None or location is None:
            _refuse(outcome, "unreadable_file", "the file can't be read as parquet")
        elif problem := file_problem(contract, footer.schema):
            _refuse(outcome, problem.reason, problem.message, problem.column)
        else:
            extra = extra_columns(contract, footer.schema)
            outcome.message = f"ignored columns: {', '.join(extra)}" if extra else None
            readable.append(_Readable(outcome, contract, footer, location))
            continue
        refused.append(outcome)
    readable.sort(key=lambda file: file.relation)
    batches = [
        Batch(chunk[0].contract, _parts(chunk, tombstones))
        for _, files_of_table in groupby(readable, key=lambda file: file.relation)
        for chunk in _chunks(files_of_table)
    ]
    return batches, refused


def append(engine: Engine, batch: Batch, known_at: datetime) -> Sequence[FileOutcome]:
    """Append a batch's good rows, quarantine its bad ones, count both per file."""
    contract, connection = batch.contract, engine.connection
    quarantined = engine.stage(batch, known_at)
    for statement in revisions.classify(contract, engine):
        connection.execute(statement)
    for statement in (*_inserts(contract, engine), *revisions.stamp(contract)):
        bound = {"known_at": known_at} if "$known_at" in statement else {}
        connection.execute(statement, bound)
    loaded = _counts(
        connection, f"raw.{contract.relation} where file_id >= {batch.first_id}"
    )
    for outcome in batch.files:
        outcome.rows_quarantined = quarantined.get(outcome.file_id, 0)
        outcome.rows_loaded = loaded.get(outcome.file_id, 0)
    return batch.files


def record(
    connection: Connection,
    outcomes: Sequence[FileOutcome],
    load_id: int,
    known_at: datetime,
) -> None:
    """Write the file ledger, and a quarantine row for each file refused whole."""
    files = [
        (
            o.file_id, load_id, o.file.source, o.file.table, o.file.path,
            o.file.checksum, o.reason, o.message, o.file.size_bytes,
            o.file.modified_ns, o.rows_in, o.rows_loaded, o.rows_duplicate,
            o.rows_quarantined, known_at,
        )
        for o in outcomes
    ]  # fmt: skip
    refused = [
        (
            o.file_id, o.file.source, o.file.table, o.column, "file", o.reason,
            o.message, known_at,
        )
        for o in outcomes
        if o.reason is not None
    ]  # fmt: skip
    execute_many(connection, "raw.files", _LEDGER, files)
    execute_many(connection, "raw.quarantine", _REFUSED, refused)


_LEDGER = (
    "file_id", "load_id", "source", "relation", "path", "checksum", "reason", "message",
    "size_bytes", "modified_ns", "rows_in", "rows_loaded", "rows_duplicate",
    "rows_quarantined", "known_at",
)  # fmt: skip
_REFUSED = (
    "file_id", "source", "relation", "column_name", "value_class", "reason", "message",
    "known_at",
)  # fmt: skip


def _refuse(
    outcome: FileOutcome, reason: str, message: str, column: str | None = None
) -> None:
    outcome.rows_quarantined = outcome.rows_in
    outcome.reason, outcome.message, outcome.column = reason, message, column


def _chunks(files: Iterable[_Readable]) -> Iterator[list[_Readable]]:
    """Runs of files of at most ROWS_PER_BATCH rows, or of one larger file."""
    chunk: list[_Readable] = []
    rows = 0
    for file in files:
        if chunk and rows + file.footer.rows > ROWS_PER_BATCH:
            yield chunk
            chunk, rows = [], 0
        chunk.append(file)
        rows += file.footer.rows
    if chunk:
        yield chunk


def _parts(chunk: list[_Readable], tombstones: Tombstones) -> list[Part]:
    by_shape = groupby(sorted(chunk, key=lambda f: f.shape), key=lambda f: f.shape)
    parts = []
    for _, same in by_shape:
        files = list(same)
        contract, schema = files[0].contract, files[0].footer.schema
        parts.append(
            Part(
                read_plan(contract, schema, tombstones.rules(contract, schema)),
                [file.outcome for file in files],
                [file.location for file in files],
            )
        )
    return parts


def _landed(part: Part) -> str:
    """FROM clause: the files' rows as `landed`, their numbers as `numbered`."""
    locations = [_text(str(location)) for location in part.locations]
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
    broken = " union all ".join(
        f"select file_id, file_row, {_text(r.column)} as column_name, "
        f"{r.value_class} as value_class, {_text(r.reason)} as reason, "
        f"{_text(r.message)} as message from landed where {r.fails}"
        for r in part.read.rules
    )
    file = part.files[0].file
    return f"""
        insert into raw.quarantine
        with landed as materialized (
            select landed.*, numbered.file_id, landed.file_row_number as file_row
            from {_landed(part)}
            semi join (select file_id, file_row from incoming where is_bad) as bad
                on bad.file_id = numbered.file_id
                and bad.file_row = landed.file_row_number
        )
        select file_id, {_text(file.source)}, {_text(file.table)}, column_name,
            value_class, reason, message, file_row, $known_at
        from ({broken}) as broken
    """


def _inserts(contract: TableContract, engine: Engine) -> list[str]:
    """INSERTs of the accepted rows into raw, the vault and the child relations."""
    surrogates = [*contract.surrogates]
    stamps = ["file_id", "file_row", "revision", "confirmed_at", "first_known_at"]
    accepted = revisions.accepted(contract)
    statements = [
        _insert(
            f"raw.{contract.relation}",
            [*surrogates, *(c.name for c in contract.raw_columns), *stamps],
            accepted,
        )
    ]
    if contract.vault_columns:
        vault = [c.name for c in contract.vault_columns]
        statements.append(
            _insert(
                f"vault.{contract.relation}",
                [*contract.key, *vault, *stamps],
                accepted,
            )
        )
    for name, child in contract.children.items():
        columns = [*surrogates, *child.key, *(c.name for c in child.columns)]
        listed = ", ".join(f'"{column}"' for column in (*columns, "revision"))
        statements.append(
            f"insert into raw.{child.relation} ({listed}, known_at) "
            f"{engine.child_rows(contract, name, accepted)}"
        )
    return statements


def _insert(relation: str, columns: list[str], rows: str) -> str:
    listed = ", ".join(f'"{column}"' for column in columns)
    return (
        f"insert into {relation} ({listed}, known_at) "
        f"select {listed}, $known_at from ({rows}) as accepted"
    )


def _counts(connection: Connection, rows: str) -> dict[int, int]:
    return dict(
        connection.execute(
            f"select file_id, count(*) from {rows} group by file_id"
        ).fetchall()
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

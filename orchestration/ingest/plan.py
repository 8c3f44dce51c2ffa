"""Which files are read together, and which are refused whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from orchestration.ingest.batch import Batch, Part
from orchestration.ingest.contract import TableContract
from orchestration.ingest.files import Footer, LandedFile, read_footer
from orchestration.ingest.fit import extra_columns, file_problem
from orchestration.ingest.ledger import FileOutcome
from orchestration.ingest.rules import read_plan
from orchestration.ingest.unreadable import Copies
from orchestration.privacy.tombstones import Tombstones

ROWS_PER_BATCH = 1_000_000
"""Rows held in memory at once; bounds the memory of a load of any size."""


def plan(
    contracts: dict[tuple[str, str], TableContract],
    files: Sequence[LandedFile],
    copies: Copies,
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

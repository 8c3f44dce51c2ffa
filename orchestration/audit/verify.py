"""Whether the trail is what was written: nothing changed, gone, added or moved."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestration.audit.anchors import Anchor
from orchestration.audit.entries import NO_RECORD, Record, TrailError, record_of
from orchestration.audit.trail import Files, Head, head_of
from orchestration.settings import Settings


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes:
        problems: What is wrong, in words; empty for a trail as it was written.
        records: Number of records read.
        last_hash: Hash of the last one.
        anchors: Number of anchors and receipts that it was compared with.
    """

    problems: tuple[str, ...]
    records: int
    last_hash: str
    anchors: int


def verify(settings: Settings, anchors: Iterable[Anchor] = ()) -> Verification:
    """Read the whole trail.

    Args:
        settings: Which warehouse.
        anchors: Heads kept elsewhere: in the warehouse, printed by commands.
    """
    files = Files.of(settings)
    with files.locked():
        content = files.trail.read_bytes() if files.trail.exists() else b""
        try:
            head, problems = head_of(files), []
        except TrailError:
            head, problems = None, ["The head cannot be read."]
    chain, broken = _chain(content)
    problems += broken + _against_head(content, chain, head)
    known = list(anchors)
    hashes = {number: record.hash for number, record in enumerate(chain, 1) if record}
    problems += [
        f"Record {sequence} was {record_hash[:12]}... when it was anchored, and is "
        f"{hashes[sequence][:12] + '...' if sequence in hashes else 'gone'} now."
        for sequence, record_hash in known
        if hashes.get(sequence) != record_hash
    ]
    last = next((record.hash for record in reversed(chain) if record), NO_RECORD)
    return Verification(tuple(problems), len(chain), last, len(known))


def _chain(content: bytes) -> tuple[list[Record | None], list[str]]:
    """Records by line, None for what is none, and where the chain is broken."""
    chain: list[Record | None] = []
    problems = []
    previous = NO_RECORD
    lines = content.split(b"\n")
    # Every committed line ends with a line feed, after which nothing follows.
    for number, line in enumerate(lines[:-1] if lines[-1] == b"" else lines, 1):
        try:
            record = record_of(line)
        except TrailError:
            chain.append(None)
            problems.append(f"Line {number} is not a record.")
            continue
        chain.append(record)
        if record.hash != record.digest:
            problems.append(f"Record {number} does not have the hash of its content.")
        if record.sequence != number:
            problems.append(f"Line {number} is record {record.sequence}.")
        if record.previous != previous:
            problems.append(f"Record {number} does not follow the one before it.")
        previous = record.hash
    return chain, problems


def _against_head(
    content: bytes, chain: list[Record | None], head: Head | None
) -> list[str]:
    if head is None:
        return ["There is a trail without a head."] if chain else []
    if content[head.offset :] == head.last.line and chain[-1] == head.last:
        return []
    if head.offset <= len(content) < head.offset + len(head.last.line):
        unfinished = (
            f"Record {head.last.sequence} is missing or torn at the end of the trail: "
            "a command was interrupted, or it was cut off. It is kept in the head, and "
            "the next command writes it again and records that."
        )
        return [unfinished]
    return [f"The trail does not end with record {head.last.sequence}, its head does."]

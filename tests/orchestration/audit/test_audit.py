"""The audit trail: whole after any crash, and no change to it goes unnoticed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from orchestration.audit import Action, record, records
from orchestration.audit import trail as trail_module
from orchestration.audit.anchors import anchor, anchors, record_loads
from orchestration.audit.entries import NO_RECORD, Record, record_of
from orchestration.audit.schema import RELATIONS
from orchestration.audit.trail import Files, head_of
from orchestration.audit.verify import verify
from orchestration.ingest.schema import BOOKKEEPING
from orchestration.settings import Settings

NOON = datetime(2026, 1, 5, 12)
Lines = list[bytes]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A trail of nine records, the last of which is a load."""
    settings = Settings(tmp_path)
    for number in range(8):
        record(settings, Action.BUILD, {"number": number}, now=NOON)
    record(settings, Action.LOAD, {"load_id": 1}, now=NOON)
    return settings


def lines(settings: Settings) -> Lines:
    return Files.of(settings).trail.read_bytes().splitlines(keepends=True)


def write(settings: Settings, changed: Lines) -> None:
    Files.of(settings).trail.write_bytes(b"".join(changed))


def test_an_untouched_trail_passes(settings: Settings) -> None:
    found = verify(settings)
    assert found.problems == ()
    assert found.records == 9
    assert [r.sequence for r in records(settings)] == list(range(1, 10))
    assert records(settings)[-1].details == {"load_id": 1}


def test_a_warehouse_without_records_passes(tmp_path: Path) -> None:
    assert records(Settings(tmp_path)) == []
    assert verify(Settings(tmp_path)).problems == ()


def _edited(line: bytes, **changes: object) -> bytes:
    """A record with other content and a hash that fits it."""
    changed = replace(record_of(line.rstrip()), **changes)
    return replace(changed, hash=changed.digest).line


def _rechained(lines: Lines) -> Lines:
    """The records numbered, bound to each other and hashed anew."""
    previous, found = NO_RECORD, []
    for number, line in enumerate(lines, 1):
        found.append(_edited(line, sequence=number, previous=previous))
        previous = record_of(found[-1].rstrip()).hash
    return found


def _forged(line: bytes) -> bytes:
    last = record_of(line.rstrip())
    return _edited(line, sequence=last.sequence + 1, previous=last.hash)


TAMPERINGS: dict[str, Callable[[Lines], Lines]] = {
    "a value changed": lambda x: [*x[:3], x[3].replace(b":3", b":7"), *x[4:]],
    "a value and its hash changed": lambda x: [
        *x[:3], _edited(x[3], details={"number": 7}), *x[4:],
    ],
    "an actor changed": lambda x: [*x[:8], _edited(x[8], actor="nobody")],
    "a record deleted": lambda x: [*x[:4], *x[5:]],
    "the first record deleted": lambda x: x[1:],
    "two records exchanged": lambda x: [*x[:4], x[5], x[4], *x[6:]],
    "a record inserted": lambda x: [*x[:4], _forged(x[3]), *x[4:]],
    "a record said twice": lambda x: [*x[:4], x[3], *x[4:]],
    "a record appended": lambda x: [*x, _forged(x[-1])],
    "the end cut off": lambda x: x[:6],
    "the last record cut off": lambda x: x[:8],
    "the last record torn": lambda x: [*x[:8], x[8][:30]],
    "everything deleted": lambda x: [],
    "a byte of space added": lambda x: [*x[:3], x[3].replace(b":3", b": 3"), *x[4:]],
    "an empty line added": lambda x: [*x[:3], b"\n", *x[3:]],
    "a record deleted and the rest chained anew": lambda x: _rechained(x[:4] + x[5:]),
    "a record changed and all chained anew": lambda x: _rechained(
        [*x[:3], _edited(x[3], details={"number": 7}), *x[4:]]
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_with_the_trail_is_found(settings: Settings, how: str) -> None:
    before = lines(settings)
    changed = TAMPERINGS[how](before)
    assert changed != before
    write(settings, changed)
    assert verify(settings).problems != ()


def _with_head(settings: Settings, changed: Lines) -> None:
    """Rewrite trail and head, as who knows the form of both would do."""
    write(settings, changed)
    last = record_of(changed[-1].rstrip())
    head = {"offset": sum(map(len, changed[:-1])), "last": vars(last)}
    Files.of(settings).head.write_text(json.dumps(head))


@pytest.mark.parametrize(
    "how",
    [
        "the end cut off",
        "a record deleted and the rest chained anew",
        "a record changed and all chained anew",
    ],
)
def test_rewriting_trail_and_head_is_found_by_an_anchor(
    settings: Settings, how: str
) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        connection.execute(RELATIONS[0])
        anchor(settings, connection)
        anchor(settings, connection)
        known = anchors(connection)
    assert len(known) == 1
    assert verify(settings, known).problems == ()
    _with_head(settings, TAMPERINGS[how](lines(settings)))
    assert verify(settings).problems == (), "it is consistent in itself"
    assert verify(settings, known).problems != ()


@pytest.mark.parametrize("how", ["deleted", "emptied", "put back"])
def test_tampering_with_the_head_is_found(settings: Settings, how: str) -> None:
    head = Files.of(settings).head
    if how == "deleted":
        head.unlink()
    elif how == "emptied":
        head.write_text("{}")
    else:
        kept = head.read_bytes()
        record(settings, Action.BUILD, {})
        head.write_bytes(kept)
    assert verify(settings).problems != ()


@pytest.mark.parametrize("written", [0, 1, 30, -1])
def test_a_torn_last_line_is_healed_and_loses_no_committed_record(
    settings: Settings, written: int
) -> None:
    whole = lines(settings)
    write(settings, [*whole[:8], whole[8][:written]])
    assert records(settings)[-1].details == {"load_id": 1}
    record(settings, Action.BUILD, {"number": "after"})
    assert lines(settings)[:9] == whole
    assert [r.action for r in records(settings)[8:]] == ["load", "restore", "build"]
    assert verify(settings).problems == ()


@pytest.mark.parametrize("kept", [0, 3])
def test_recording_does_not_hide_that_the_trail_was_cut(
    settings: Settings, kept: int
) -> None:
    write(settings, lines(settings)[:kept])
    record(settings, Action.BUILD, {})
    assert verify(settings).problems != ()


_RECORDER = """
import sys
from pathlib import Path
from orchestration.audit import Action, record
from orchestration.ingest.schema import BOOKKEEPING
from orchestration.settings import Settings
for number in range(int(sys.argv[2])):
    done = record(Settings(Path(sys.argv[1])), Action.ACCESS, {"n": number})
    print(done.hash, flush=True)
"""


def _recorder(home: Path, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _RECORDER, str(home), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_load_whose_command_died_is_recorded_by_the_next(settings: Settings) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        for statement in (RELATIONS[0], BOOKKEEPING[2]):
            connection.execute(statement)
        for load_id in (1, 2):
            load = "insert into raw.loads values (?, ?, ?, 1, 2, 2, 0, 0)"
            connection.execute(load, [load_id, NOON, NOON])
        assert record_loads(settings, connection) == 2
        assert record_loads(settings, connection) == 0
        known = anchors(connection)
    assert [r.details["load_id"] for r in records(settings)[-2:]] == [1, 2]
    assert verify(settings, known).problems == ()


def test_commands_at_the_same_time_follow_each_other(tmp_path: Path) -> None:
    recorders = [_recorder(tmp_path, 25) for _ in range(4)]
    assert [one.wait() for one in recorders] == [0] * 4
    found = verify(Settings(tmp_path))
    assert found.problems == ()
    assert found.records == 100


def test_killed_at_any_moment_nothing_committed_is_lost(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    acknowledged: list[str] = []
    for round_number in range(5):
        process = _recorder(tmp_path, 100_000)
        assert process.stdout
        acknowledged.append(process.stdout.readline().strip())
        time.sleep(0.02 + 0.013 * round_number)
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        acknowledged += [line for line in rest.splitlines() if len(line) == 64]
    record(settings, Action.BUILD, {})
    found = verify(settings)
    assert found.problems == ()
    kept = {r.hash for r in records(settings)}
    assert len(acknowledged) > 20
    assert set(acknowledged) <= kept
    assert found.records - len(acknowledged) <= 11, "at most one unacknowledged a kill"


@pytest.mark.parametrize("step", range(3))
def test_a_stop_between_any_two_steps_is_healed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The machine stops before the head is there, after it, or within the line."""

    class Stopped(BaseException):
        pass

    def stop(*_: object) -> None:
        raise Stopped

    def torn(trail: Path, line: bytes) -> None:
        with trail.open("ab") as file:
            file.write(line[:20])
        raise Stopped

    stops = [
        ("replace_durably", stop),
        ("_write_line", stop),
        ("_write_line", torn),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(trail_module, *stops[step])
        with pytest.raises(Stopped):
            record(settings, Action.BUILD, {"number": "interrupted"})
    record(settings, Action.BUILD, {"number": "after"})
    assert verify(settings).problems == ()
    head = head_of(Files.of(settings))
    assert head
    assert head.last.details == {"number": "after"}
    told = [r.details.get("number") for r in records(settings)]
    assert ("interrupted" in told) == (step > 0)


def test_a_record_has_the_hash_of_its_content(settings: Settings) -> None:
    last = records(settings)[-1]
    content = {name: v for name, v in vars(last).items() if name != "hash"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert last.hash == sha256(text.encode()).hexdigest()
    assert isinstance(last, Record)

"""The search through files finds what is there, in every kind of file."""

import gzip
import random
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.privacy.needles import _PIECE, Needles
from orchestration.privacy.rewriting import rewrite
from orchestration.privacy.scan import PAGES, scan

TEXT = "ann@example.com"
OTHER = "bob@example.com"


def parts(root: Path) -> set[tuple[str, str]]:
    return {(one.path, one.part) for one in scan(root, [TEXT, OTHER]).found}


def test_texts_are_found_in_every_kind_of_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"1,{TEXT},2")
    (tmp_path / "a.bin").write_bytes(b"\x00" + TEXT.encode() + b"\x00")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{TEXT}</t>")
    table = pa.table({"nested": [[{"mail": TEXT}]], "n": [1]})
    pq.write_table(table, tmp_path / "a.parquet", compression="zstd")
    broken = pa.array([b"\xff\xfe", TEXT.encode()], pa.binary())
    text = pa.Array.from_buffers(pa.string(), 2, broken.buffers())
    pq.write_table(pa.table({"text": text}), tmp_path / "b.parquet")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1" + TEXT.encode())
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute("create table t as select ? as mail", [TEXT])
    (tmp_path / "clean.csv").write_text("nothing")
    found = scan(tmp_path, [TEXT])
    assert {one.path for one in found.found} == {
        "a.bin", "a.csv", "a.csv.gz", "a.duckdb", "a.parquet", "a.xlsx", "b.parquet",
        "cut.parquet",
    }  # fmt: skip
    assert found.unreadable == ("cut.parquet",)
    assert found.files == 9
    assert ("a.duckdb", "main.t") in parts(tmp_path)


def test_a_text_within_a_longer_one_is_another(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"mary{TEXT},{OTHER}munity")
    assert parts(tmp_path) == set()


def test_deleted_rows_are_found_in_free_pages_until_the_file_is_written_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t as select ? as mail", [OTHER])
        connection.execute("create table gone as select ? as mail", [TEXT])
        connection.execute("create view v as select * from main.t")
        connection.execute("checkpoint")
        connection.execute("delete from gone")
        connection.execute("checkpoint")
    assert parts(tmp_path) == {("a.duckdb", "main.t"), ("a.duckdb", PAGES)}
    rewrite(path, lambda connection: {}, prepare=lambda connection: None)
    assert parts(tmp_path) == {("a.duckdb", "main.t")}
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("from v").fetchall() == [(OTHER,)]


@pytest.mark.parametrize("shift", [-20, -9, -1, 0, 1, 7])
def test_a_text_is_found_across_the_pieces_that_are_read(shift: int) -> None:
    content = bytearray(b" " * (_PIECE + 100))
    at = _PIECE + shift
    content[at : at + len(TEXT)] = TEXT.encode()
    assert Needles([TEXT]).in_bytes(bytes(content)) == {TEXT}


def test_many_texts_are_found_as_one_by_one() -> None:
    pick = random.Random(5)  # noqa: S311 - no secret
    words = [f"{pick.getrandbits(40):010x}" for _ in range(400)]
    content = " ".join(pick.choices(words, k=2000)).encode()
    looked_for = set(words[:100]) | {f"absent-{number:04}" for number in range(50)}
    expected = {word for word in looked_for if word.encode() in content}
    assert Needles(looked_for).in_bytes(content) == expected
    assert 50 < len(expected) <= 100


def test_a_short_text_cannot_be_looked_for() -> None:
    with pytest.raises(ValueError, match="less than"):
        Needles(["short"])

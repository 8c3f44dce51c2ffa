"""Everything that was made of the warehouse and kept: publications, exports, logs."""

import hashlib
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.durable import move_durably, replace_durably
from orchestration.privacy import subjects as persons
from orchestration.privacy.forgetting import declare_texts, forgotten
from orchestration.privacy.journal import Journal
from orchestration.privacy.rewriting import Rows, rewrite
from orchestration.settings import Settings

PUBLISHED = "published_relations"
"""Relation in which a publication says what it holds."""

_TEXT = (".csv", ".json", ".jsonl", ".log", ".sql", ".txt", ".yml")


def publications(settings: Settings) -> list[Path]:
    """All databases but the warehouse: every version that is kept for an audience."""
    return [
        path
        for path in sorted(settings.home.rglob("*.duckdb"))
        if path.is_file() and not path.is_symlink() and path != settings.database
    ]


def forget_in_publication(path: Path, journal: Journal) -> bool:
    """Write a publication anew if it tells one of them; whether it did."""

    def prepare(connection: duckdb.DuckDBPyConnection) -> None:
        persons.declare(connection, journal.subjects)
        declare_texts(connection, dict(journal.texts))

    with duckdb.connect() as connection:
        connection.execute("attach ? as old (read_only)", [str(path)])
        prepare(connection)
        if not forgotten(connection):
            return False
    rewrite(path, _published_forgotten, prepare=prepare)
    return True


def _published_forgotten(connection: duckdb.DuckDBPyConnection) -> Rows:
    """The relations that change; the next publication compares those anew."""
    changed = dict(forgotten(connection))
    if _holds_itself(connection):
        names = ", ".join(f"'{schema}.{name}'" for schema, name in changed)
        changed["main", PUBLISHED] = (
            f"select * replace (case when schema_name || '.' || relation_name "
            f"in ({names}) then '' else signature end as signature) "
            f"from old.main.{PUBLISHED}"
        )
    return changed


def _holds_itself(connection: duckdb.DuckDBPyConnection) -> bool:
    query = (
        "select 1 from duckdb_tables() where database_name = 'old' and table_name = ?"
    )
    return connection.execute(query, [PUBLISHED]).fetchone() is not None


def exports(settings: Settings) -> Iterator[Path]:
    """Files that were made for people and programs, and what commands wrote down."""
    for folder in ("exports", "archive", "logs", "dbt"):
        for path in sorted((settings.home / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def forget_in_export(path: Path, texts: Mapping[str, str]) -> bool:
    """Write a file anew if it tells one of them; whether it did.

    A manifest beside it that states its SHA-256 and size states the new ones.
    """
    before = _stamp(path)
    draft = path.with_name(f".{path.name}.rewritten")
    if path.suffix == ".parquet":
        is_changed = _parquet(path, draft, texts)
    elif path.suffix == ".xlsx":
        is_changed = _archive(path, draft, texts)
    elif path.suffix in _TEXT:
        is_changed = _text(path, draft, texts)
    else:
        return False
    if is_changed:
        move_durably(draft, path)
        after = _stamp(path)
        for manifest in path.parent.glob("*.json"):
            stated = manifest.read_text()
            if before[0] in stated:
                for old, new in zip(before, after, strict=True):
                    stated = stated.replace(old, new)
                replace_durably(manifest, stated.encode())
    return is_changed


def _stamp(path: Path) -> tuple[str, str]:
    """SHA-256 and size as a manifest states them."""
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest(), f'"bytes": {len(content)},'


def clear_leftovers(settings: Settings) -> list[str]:
    """Remove what processes that died left of data in temporary files."""
    leftovers = [
        *settings.spill.glob("*"),
        *settings.home.glob("*.tmp"),
        *settings.home.rglob(".*.rewritten"),
        settings.home / "fetched",
    ]
    removed = [path for path in leftovers if path.exists()]
    for path in removed:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return [path.relative_to(settings.home).as_posix() for path in removed]


def _parquet(path: Path, draft: Path, texts: Mapping[str, str]) -> bool:
    table = pq.read_table(path)
    told = pa.array(texts)
    pseudonyms = pa.array(texts.values())
    is_changed = False
    for index, field in enumerate(table.schema):
        if not pa.types.is_string(field.type):
            continue
        found = pc.index_in(table.column(index), value_set=told)
        is_found = pc.is_valid(found)
        if pc.any(is_found).as_py():
            replaced = pc.if_else(
                is_found, pc.take(pseudonyms, found), table.column(index)
            )
            table, is_changed = table.set_column(index, field, replaced), True
    if is_changed:
        pq.write_table(table, draft)
    return is_changed


def _archive(path: Path, draft: Path, texts: Mapping[str, str]) -> bool:
    with zipfile.ZipFile(path) as old:
        members = {info: old.read(info) for info in old.infolist()}
    replaced = {info: _replaced(text, texts) for info, text in members.items()}
    if replaced == members:
        return False
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as new:
        for info, text in replaced.items():
            new.writestr(info, text)
    return True


def _text(path: Path, draft: Path, texts: Mapping[str, str]) -> bool:
    content = path.read_bytes()
    replaced = _replaced(content, texts)
    if replaced != content:
        draft.write_bytes(replaced)
    return replaced != content


def _replaced(content: bytes, texts: Mapping[str, str]) -> bytes:
    """The content with each of the texts, where it stands alone, as its pseudonym."""
    for text, pseudonym in texts.items():
        if text.encode() in content:
            alone = (
                rb"(?<![0-9A-Za-z])" + re.escape(text.encode()) + rb"(?![0-9A-Za-z])"
            )
            content = re.sub(alone, pseudonym.encode(), content)
    return content

"""The dialect gate: a statement passes only if Redshift would take it too.

Three looks at the same statement: patterns over its tokens (`rules.py`), its names and
calls (`names.py`, `functions.csv`), and its syntax tree (`tree.py`).
"""

import functools
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tests.redshift.emulator.names import (
    PAGES,
    RESERVED,
    SYNTAX,
    SYSTEM_COLUMNS,
    UNSUPPORTED_FUNCTIONS,
    allowed_functions,
)
from tests.redshift.emulator.queries import query_span
from tests.redshift.emulator.rules import RULES
from tests.redshift.emulator.tokens import (
    Token,
    closing,
    render,
    split_commas,
    tokenize,
    words,
)
from tests.redshift.emulator.tree import tree_refusals

_LONGEST_NAME = 127  # bytes: r_names.html
_CATALOGUE = ("pg_", "svv_", "stl_", "stv_", "sys_", "information_schema")
# A bracket after a name in these is a column list, not a call.
_NO_CALLS = {"grant", "revoke", "copy", "comment", "alter", "drop", "set", "show"}
_NAME_BEFORE = {"into", "table", "join", "update", "with", "recursive", "as", "from"}
_QUERY_AFTER_AS = {"select", "with"}


class Refusal(NamedTuple):
    """Why a statement may not pass: the construct, and the page that documents it."""

    construct: str
    page: str

    def __str__(self) -> str:
        return f"{self.construct} (see {self.page})"


@functools.lru_cache(maxsize=4096)
def refusals(sql: str) -> tuple[Refusal, ...]:
    """Everything in a statement that Redshift refuses; empty when it may pass."""
    tokens = tokenize(sql)
    while len(tokens) > 1 and tokens[-2].text == ";":
        del tokens[-2]
    text = _normal(tokens)
    found = [
        Refusal(rule.construct, f"{PAGES}{rule.page}.html")
        for rule in RULES
        if rule.pattern.search(text)
    ]
    found += _names(tokens)
    found += _calls(tokens)
    if tokens[0].low == "create" and "table" in words(tokens, 3):
        found += _columns(tokens)
    span = query_span(tokens)
    if span is not None and "$" not in text:
        query = render(tokens[slice(*span)])
        found += [Refusal(what, PAGES + page) for what, page in tree_refusals(query)]
    return tuple(dict.fromkeys(found))


def _normal(tokens: list[Token]) -> str:
    """The statement's structure: no comments, literals or quoted names."""
    shapes = {"string": "''", "name": '"q"', "dollar": "$$"}
    return " ".join(shapes.get(t.kind, t.low) for t in tokens if t.kind != "end")


def _names(tokens: list[Token]) -> Iterator[Refusal]:
    """Unquoted names that are reserved, and names that are too long."""
    openers: list[str] = []  # the word before each bracket that is open
    for index, token in enumerate(tokens):
        if token.text == "(":
            openers.append(tokens[index - 1].low if index else "")
        elif token.text == ")" and openers:
            openers.pop()
        is_name = token.kind in {"word", "name"}
        if is_name and len(token.text.strip('"').encode()) > _LONGEST_NAME:
            yield Refusal("name over 127 bytes", f"{PAGES}r_names.html")
        if token.kind != "word" or token.low not in RESERVED or index == 0:
            continue
        before = tokens[index - 1]
        after = tokens[index + 1]
        is_alias = before.low == "as" and openers[-1:] not in (["cast"], ["try_cast"])
        is_part = "." in {before.text, after.text} or before.low == "schema"
        is_part &= token.low != "oid"  # a column of the catalogue
        if (is_alias and token.low not in _QUERY_AFTER_AS) or is_part:
            yield _reserved(token)


def _reserved(token: Token) -> Refusal:
    return Refusal(f"reserved word {token.low} as a name", f"{PAGES}r_pg_keywords.html")


def _calls(tokens: list[Token]) -> Iterator[Refusal]:
    """Calls of functions that are not on the project's list."""
    if tokens[0].low in _NO_CALLS:
        return
    functions = allowed_functions()
    over_tables = _reads_user_tables(tokens)
    for index, token in enumerate(tokens[:-1]):
        if not _is_call(tokens, index):
            continue
        known = functions.get(token.low)
        if token.low in UNSUPPORTED_FUNCTIONS:
            page = "c_unsupported-postgresql-functions.html"
            yield Refusal(f"function {token.low}", PAGES + page)
        elif known is None:
            yield Refusal(
                f"function {token.low} is not in functions.csv",
                f"{PAGES}c_SQL_functions.html",
            )
        elif known.scope == "leader" and over_tables:
            yield Refusal(f"leader-node function {token.low} over a table", known.page)


def _is_call(tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    if token.kind != "word" or tokens[index + 1].text != "(" or token.low in SYNTAX:
        return False
    before = tokens[index - 1] if index else tokens[-1]
    is_list = before.low in _NAME_BEFORE | {"."} or before.text == ")"
    # `with a as (…), b (y) as (…)`, `create table s.t (…)`, `from f() cols(…)`
    after = tokens[closing(tokens, index + 1) + 1 :][:2]
    is_common_table = [token.low for token in after] == ["as", "("]
    return not (is_list or is_common_table)


def _reads_user_tables(tokens: list[Token]) -> bool:
    """True when a FROM or JOIN names something outside the catalogue."""
    for before, token in pairwise(tokens):
        if before.low not in {"from", "join"} or token.kind not in {"word", "name"}:
            continue
        if not token.text.lower().strip('"').startswith(_CATALOGUE):
            return True
    return False


def _columns(tokens: list[Token]) -> Iterator[Refusal]:
    """Column names of CREATE TABLE."""
    bracket = next((i for i, token in enumerate(tokens) if token.text == "("), None)
    if bracket is None or any(token.low == "as" for token in tokens[:bracket]):
        return
    for part in split_commas(tokens[bracket + 1 : -1]):
        if len(part) < 2 or part[0].kind != "word" or part[1].kind != "word":
            continue
        if part[0].low in SYSTEM_COLUMNS:
            page = "c_unsupported-postgresql-features.html"
            yield Refusal(f"system column {part[0].low} as a name", PAGES + page)
        elif part[0].low in RESERVED - SYNTAX - {"constraint"}:
            yield _reserved(part[0])

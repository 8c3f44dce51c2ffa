"""One Redshift statement to one of PostgreSQL, changed only where they differ."""

import functools
import re

from tests.redshift.emulator.calls import rewrite_calls
from tests.redshift.emulator.ddl import create_table, late_binding_view, map_types
from tests.redshift.emulator.queries import is_late_binding, rewrite_query
from tests.redshift.emulator.tokens import Token, quote, render, tokenize, words

_NOTHING = "select 1"
# Settings of the cluster that mean nothing to PostgreSQL.
_CLUSTER_SETTINGS = ("enable_", "wlm_", "json_", "describe_field")
_SHOW = {
    "schemas": "rs_show_schemas({db}, {schema})",
    "tables": "rs_show_tables({schema})",
    "columns": "rs_show_columns({schema}, {table})",
    "grants": "rs_show_grants({schema}, {table})",
}


def reject(message: str, sql: str) -> str:
    """A statement that fails with `message` in place of `sql`, and takes the parameters
    of that, so that the session sees an ordinary error."""
    parameters = sorted(set(re.findall(r"\$\d+", sql)))
    accepted = "".join(f" or {name} is null" for name in parameters)
    return f"select pg_catalog.rs_reject({quote(message)}) where true{accepted}"


@functools.lru_cache(maxsize=4096)
def rewrite(sql: str) -> str:
    """The statement for PostgreSQL.

    Raises NotImplementedError or ValueError for what is legal in Redshift and cannot be
    emulated.
    """
    tokens = tokenize(sql)
    while len(tokens) > 1 and tokens[-2].text == ";":
        del tokens[-2]
    tokens[:] = [_folded(token) for token in tokens]
    command = _command(tokens)
    if command is not None:
        return command
    tokens = rewrite_calls(map_types(rewrite_query(tokens)))
    if is_late_binding(tokens):
        query = next(i for i, token in enumerate(tokens) if token.low == "as") + 1
        return late_binding_view(tokens, render(tokens[query:-5]))
    if tokens[0].low == "create" and "table" in words(tokens, 4):
        return create_table(tokens)
    return render(tokens)


def _folded(token: Token) -> Token:
    """Quoted names are case-insensitive too, unless a cluster says otherwise."""
    if token.kind == "name":
        return Token(token.kind, token.text.lower(), token.gap)
    return token


def _command(tokens: list[Token]) -> str | None:
    """Statements other than queries and tables; None when this is not one of them."""
    text = render(tokens)
    out: str | None = None
    match words(tokens, 3):
        case ("vacuum" | "analyze", *_):
            out = _NOTHING
        case ("show", kind, _) if kind in _SHOW:
            out = _show(kind, [t for t in tokens if t.kind in {"name", "string"}])
        case ("set" | "reset" | "show", "query_group", _):
            out = text.replace("query_group", "rs.query_group")
        case ("set" | "reset", name, _) if name.startswith(_CLUSTER_SETTINGS):
            out = _NOTHING
        case ("create", "group" | "role" as kind, name):
            # The comment tells groups, roles and users apart: PostgreSQL does not.
            made = f"{text}; comment on role {name} is '{kind}'"
            out = f"do $rs$ begin {made}; end $rs$"
        case ("grant" | "revoke", *_) | ("alter", "default", "privileges"):
            out = render([t for t in tokens if t.low != "role"])
        case ("create" | "drop", "schema", _):
            dot = next((i for i, t in enumerate(tokens) if t.text == "."), None)
            # Only the own database can be meant.
            out = text if dot is None else render(tokens[: dot - 1] + tokens[dot + 1 :])
    return out


def _show(kind: str, names: list[Token]) -> str:
    """SHOW SCHEMAS | TABLES | COLUMNS | GRANTS, as dbt-redshift sends them."""
    parts = [quote(token.text.strip("\"'")) for token in names] + ["''", "''"]
    call = _SHOW[kind].format(db=parts[0], schema=parts[1], table=parts[2])
    return f"select * from pg_catalog.{call}"

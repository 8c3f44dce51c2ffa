"""Redshift's function calls in the spelling that PostgreSQL understands.

Only what cannot be given as a plain function in `functions.sql`: date parts without
quotes, clauses inside the brackets, and names whose meaning differs.
"""

from tests.redshift.emulator.tokens import Token, closing, code, split_commas

# The same name means something else in PostgreSQL.
_RENAMED = {
    "avg": "rs_avg",
    "nvl": "coalesce",
    "regexp_replace": "rs_regexp_replace",
    "regexp_substr": "rs_regexp_substr",
}
_DATE_PART_FIRST = {"dateadd", "datediff", "date_part", "date_trunc"}
_FRAMES = {
    "lag": ("rs_last_value", "rows between unbounded preceding and 1 preceding"),
    "lead": ("rs_first_value", "rows between 1 following and unbounded following"),
    "last_value": ("rs_last_value", ""),
    "first_value": ("rs_first_value", ""),
}


def rewrite_calls(tokens: list[Token]) -> list[Token]:
    """All calls of a statement, inner ones included."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.low == "approximate":  # approximate count(distinct x)
            index += 1
            continue
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if token.kind != "word" or following != "(":
            out.append(token)
            index += 1
            continue
        end = closing(tokens, index + 1)
        arguments = tokens[index + 2 : end]
        call, index = _call(token, arguments, tokens, end + 1)
        out += call
    return out


def _call(
    name: Token, arguments: list[Token], tokens: list[Token], after: int
) -> tuple[list[Token], int]:
    """One call, rewritten; and the index of the first token not consumed.

    `arguments` is what stands in the brackets, `after` the index behind them.
    """
    low = name.low
    if low == "listagg":
        return _listagg(name, arguments, tokens, after)
    if low in _FRAMES and (found := _ignore_nulls(arguments, tokens, after)):
        return _window_without_nulls(name, *found, tokens)
    if low == "extract" and len(arguments) > 1 and arguments[1].low == "from":
        part = Token("string", f"'{arguments[0].low}'")
        return [
            *_named(name, "rs_extract"),
            *code("("),
            part,
            *code(","),
            *rewrite_calls(arguments[2:]),
            *code(")"),
        ], after
    if low == "try_cast":
        return _try_cast(name, arguments), after
    if low in _DATE_PART_FIRST and arguments and arguments[0].kind == "word":
        arguments = [Token("string", f"'{arguments[0].low}'", ""), *arguments[1:]]
    renamed = _named(name, _RENAMED.get(low, name.text))
    bracket = Token("op", "(", "")
    return [*renamed, bracket, *rewrite_calls(arguments), *code(")")], after


def _named(name: Token, text: str) -> list[Token]:
    return [Token("word", text, name.gap)]


def _listagg(
    name: Token, arguments: list[Token], tokens: list[Token], after: int
) -> tuple[list[Token], int]:
    """`listagg([distinct] x, sep) within group (order by …)` to `string_agg`."""
    distinct = arguments[0].low == "distinct"
    value, *separator = split_commas(arguments[1:] if distinct else arguments)
    order: list[Token] = []
    if tokens[after].low == "within":
        end = closing(tokens, after + 2)
        order, after = tokens[after + 3 : end], end + 1
    text = [*code("("), *rewrite_calls(value), *code(")::text")]
    if distinct and order:
        # PostgreSQL sorts a DISTINCT aggregate by its own argument only.
        direction = [t for t in order if t.low in {"asc", "desc"}]
        order = [*code("order by"), *text, *direction]
    return [
        *_named(name, "string_agg"),
        *code("(distinct" if distinct else "("),
        *text,
        *code(","),
        *(separator[0] if separator else code("''")),
        *rewrite_calls(order),
        *code(")"),
    ], after


def _ignore_nulls(
    arguments: list[Token], tokens: list[Token], after: int
) -> tuple[list[Token], int] | None:
    """The arguments without `ignore nulls`, and the index of the `over` that follows.

    None when the call does not say it, inside the brackets or behind them.
    """
    if [t.low for t in arguments[-2:]] == ["ignore", "nulls"]:
        return arguments[:-2], after
    if [t.low for t in tokens[after : after + 2]] == ["ignore", "nulls"]:
        return arguments, after + 2
    return None


def _window_without_nulls(
    name: Token, arguments: list[Token], over: int, tokens: list[Token]
) -> tuple[list[Token], int]:
    """FIRST_VALUE, LAST_VALUE, LAG and LEAD that skip nulls, by an own aggregate."""
    function, frame = _FRAMES[name.low]
    if len(split_commas(arguments)) > 1:
        raise NotImplementedError(f"{name.low}(x, n) ignore nulls is not emulated")
    end = closing(tokens, over + 1)
    window = tokens[over + 2 : end]
    return [
        *_named(name, function),
        *code("("),
        *rewrite_calls(arguments),
        *code(") over ("),
        *rewrite_calls(window),
        *code(f"{frame})"),
    ], end + 1


def _try_cast(name: Token, arguments: list[Token]) -> list[Token]:
    """`try_cast(x as t)`: null instead of an error."""
    as_ = max(i for i, token in enumerate(arguments) if token.low == "as")
    value, type_ = arguments[:as_], arguments[as_ + 1 :]
    return [
        *_named(name, "rs_try_cast"),
        *code("(("),
        *rewrite_calls(value),
        *code(")::text, null::"),
        *type_,
        *code(")::"),
        *type_,
    ]

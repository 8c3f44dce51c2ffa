"""The two clauses that need a syntax tree: QUALIFY and GROUP BY ALL.

sqlglot reads Redshift and writes Redshift; everything else in the statement stays as it
is. A plain `transpile(read="redshift", write="postgres")` would change meanings.
"""

from sqlglot import exp, parse_one, transforms

from tests.redshift.emulator.tokens import Token, closing, render, tokenize

_QUERY_HEADS = {"select", "with", "(", "create", "insert"}
_LATE_BINDING = ["with", "no", "schema", "binding"]


def is_late_binding(tokens: list[Token]) -> bool:
    """True for CREATE VIEW … WITH NO SCHEMA BINDING."""
    return [t.low for t in tokens[-5:-1]] == _LATE_BINDING


def query_span(tokens: list[Token]) -> tuple[int, int] | None:
    """Where the query of a SELECT, INSERT or CREATE … AS begins and ends.

    None for a statement without one.
    """
    if tokens[0].low not in _QUERY_HEADS:
        return None
    end = len(tokens) - (5 if is_late_binding(tokens) else 1)
    for index in range(end):
        if tokens[index].low not in {"select", "with"}:
            continue
        start = index
        while start and tokens[start - 1].text == "(":
            if closing(tokens, start - 1) != end - 1:
                break
            start -= 1
        return start, end
    return None


def rewrite_query(tokens: list[Token]) -> list[Token]:
    """The statement without QUALIFY and GROUP BY ALL."""
    text = " ".join(token.low for token in tokens)
    span = query_span(tokens)
    if span is None or not (" qualify " in text or " group by all" in text):
        return tokens
    start, end = span
    tree = parse_one(render(tokens[start:end]), read="redshift")
    for select in list(tree.find_all(exp.Select)):
        _group_by_all(select)
    tree = tree.transform(_without_qualify)
    query = tokenize(" " + tree.sql("redshift", comments=False))[:-1]
    return [*tokens[:start], *query, *tokens[end:]]


def _group_by_all(select: exp.Select) -> None:
    group = select.args.get("group")
    if group is None or not group.args.get("all"):
        return
    keys = [
        exp.Literal.number(number)
        for number, column in enumerate(select.expressions, start=1)
        if not column.find(exp.AggFunc)
    ]
    select.set("group", exp.Group(expressions=keys) if keys else None)


def _without_qualify(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Select) or not node.args.get("qualify"):
        return node
    last = {part: node.args.get(part) for part in ("order", "limit", "offset")}
    for part in last:
        node.set(part, None)
    kept = _star_kept(node) if node.is_star else transforms.eliminate_qualify(node)
    for part, clause in last.items():
        kept.set(part, clause)
    return kept


def _star_kept(node: exp.Select) -> exp.Expr:
    """`select * … qualify`, in which whole-row references keep the helper column out
    of the star. Further columns may stand beside it, and joins that say `on`."""
    joins = node.args.get("joins") or []
    if any(join.args.get("using") for join in joins):
        raise NotImplementedError("select * … join … using … qualify is not emulated")
    sources = [node.args["from_"].this, *(join.this for join in joins)]
    rows = {s.alias_or_name: f"rs_row{n}" for n, s in enumerate(sources)}
    named = {e.alias: e for e in node.expressions if isinstance(e, exp.Alias)}
    keep = node.args["qualify"].this.transform(_meant, named)
    outer: list[str] = []
    inner = [exp.alias_(exp.column(source), row) for source, row in rows.items()]
    for column in node.expressions:
        if column.is_star:
            outer += [f"({r}).*" for name, r in rows.items() if _covers(column, name)]
        else:
            outer.append(exp.to_identifier(column.alias_or_name).sql("redshift"))
            inner.append(column)
    node.set("qualify", None)
    node.set("expressions", [*inner, exp.alias_(exp.Paren(this=keep), "rs_keep")])
    kept = exp.select(*outer, dialect="postgres").from_(node.subquery("rs_kept"))
    return kept.where("rs_keep")


def _covers(star: exp.Expr, source: str) -> bool:
    """Whether `*` or `source.*` stands for this source's columns."""
    return not isinstance(star, exp.Column) or star.table == source


def _meant(node: exp.Expr, named: dict[str, exp.Alias]) -> exp.Expr:
    """The expression in place of the name that the select list gives it."""
    if isinstance(node, exp.Column) and not node.table and node.name in named:
        return exp.Paren(this=named[node.name].this.copy())
    return node

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
    """`select * … qualify`, in which a whole-row reference keeps the helper column out
    of the star."""
    source = node.args["from_"].this
    if node.args.get("joins") or len(node.expressions) > 1:
        raise NotImplementedError("select * … join … qualify is not emulated")
    keep = node.args["qualify"].this.sql("redshift")
    node.set("qualify", None)
    name = exp.to_identifier(source.alias_or_name)
    return parse_one(
        f"select (rs_row).* from (select {name} as rs_row, ({keep}) as rs_keep"
        f" from ({node.sql('redshift')}) as {name}) as rs_kept where rs_keep",
        read="postgres",
    )

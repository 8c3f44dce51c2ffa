"""The part of the gate that needs a syntax tree: windows, aggregates, nesting."""

import logging
from collections.abc import Iterator

from sqlglot import exp, parse_one
from sqlglot.errors import ParseError, TokenError
from sqlglot.optimizer.scope import traverse_scope

logging.getLogger("sqlglot").setLevel(logging.ERROR)

_WINDOWS = "c_Window_functions.html"
_CTES = "r_WITH_clause.html"
_SUBQUERIES = "r_correlated_subqueries.html"
# These take an ORDER BY but no frame.
_RANKING = (
    exp.RowNumber,
    exp.Rank,
    exp.DenseRank,
    exp.PercentRank,
    exp.CumeDist,
    exp.Ntile,
    exp.Lag,
    exp.Lead,
)
Found = tuple[str, str]


def tree_refusals(query: str) -> Iterator[Found]:
    """Construct and page of what Redshift refuses in a query."""
    try:
        tree = parse_one(query, read="redshift")
    except (ParseError, TokenError) as error:
        reason = str(error).split("\n", 1)[0]
        yield f"not readable as Redshift: {reason}", "c_SQL_reference.html"
        return
    yield from _windows(tree)
    yield from _common_tables(tree)
    for select in tree.find_all(exp.Select):
        yield from _sorted_aggregates(select)
    if isinstance(tree, exp.Query):
        yield from _correlated(tree)


def _windows(tree: exp.Expr) -> Iterator[Found]:
    for window in tree.find_all(exp.Window):
        function = window.this
        if isinstance(function, exp.IgnoreNulls | exp.RespectNulls):
            function = function.this
        if function.find(exp.Distinct):
            yield "DISTINCT in a window function", _WINDOWS
        ordered, framed = window.args.get("order"), window.args.get("spec")
        if ordered and not framed and not isinstance(function, _RANKING):
            yield "window function with ORDER BY needs a ROWS frame", _WINDOWS


def _common_tables(tree: exp.Expr) -> Iterator[Found]:
    """Recursion must be announced, and its columns listed."""
    for with_ in tree.find_all(exp.With):
        for table in with_.expressions:
            name = table.alias.lower()
            read = table.this.find_all(exp.Table)
            if not any(t.name.lower() == name and not t.db for t in read):
                continue
            if not with_.args.get("recursive"):
                yield f"{name} reads itself without RECURSIVE", _CTES
            elif not table.args["alias"].columns:
                yield f"recursive CTE {name} without a column list", _CTES


def _sorted_aggregates(select: exp.Select) -> Iterator[Found]:
    orders = {
        within.expression.sql()
        for within in select.find_all(exp.WithinGroup)
        if within.find_ancestor(exp.Select) is select
    }
    if len(orders) > 1:
        yield (
            "LISTAGG, PERCENTILE_CONT or MEDIAN with different ORDER BY",
            "r_LISTAGG.html",
        )


def _correlated(tree: exp.Query) -> Iterator[Found]:
    for scope in traverse_scope(tree):
        if not scope.is_subquery or scope.parent is None:
            continue
        outer = {c.table for c in scope.external_columns if c.table}
        if not outer:
            continue
        if not outer <= set(scope.parent.sources):
            yield "correlated subquery that skips a level", _SUBQUERIES
        elif scope.expression.find_ancestor(exp.Join) is not None:
            yield "correlated subquery in a join condition", _SUBQUERIES
        elif scope.expression.args.get("limit"):
            yield "correlated subquery with LIMIT", _SUBQUERIES

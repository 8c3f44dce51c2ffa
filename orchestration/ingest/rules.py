"""What each row must satisfy, as SQL made from the contract.

A `Rule` is one condition on a column, evaluated for all rows at once; a row that breaks
one or more is quarantined, the rest goes on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from orchestration.ingest.casts import cast_of, cast_of_list, is_bytes, surely_fits
from orchestration.ingest.contract import Column, TableContract
from orchestration.sql import literal


@dataclass(frozen=True)
class Rule:
    """A rule for rows.

    Attributes:
        column: The column that breaks it.
        reason: Reason code, e.g. `out_of_range`.
        fails: SQL condition, true for a row that breaks the rule.
        value_class: SQL expression that classes the bad value without showing it.
        message: The rule in words.
    """

    column: str
    reason: str
    fails: str
    value_class: str
    message: str


@dataclass(frozen=True)
class ReadPlan:
    """How files of one physical schema are read.

    Attributes:
        select: Column name -> SQL expression of the contract's type.
        rules: Rules the rows must pass.
    """

    select: dict[str, str]
    rules: tuple[Rule, ...]


def read_plan(
    contract: TableContract, schema: pa.Schema, also: Iterable[Rule] = ()
) -> ReadPlan:
    """Expressions and rules for files of this schema, over the alias `landed`.

    Args:
        contract: What the files promise.
        schema: What their footers say.
        also: Rules that do not follow from the contract.
    """
    select: dict[str, str] = {}
    rules: list[Rule] = []
    for column in contract.scalars:
        found = schema.field(column.name).type
        select[column.name] = cast_of(column, found)
        rules.extend(_column_rules(column, found))
    for name, child in contract.children.items():
        select[name] = cast_of_list(name, child)
        rules.extend(_list_rules(contract, name, child))
    rules.extend(
        Rule(c.column, "inconsistent_row", f"not ({c.passes})", "'row'", c.message)
        for c in contract.checks
    )
    return ReadPlan(select, (*rules, *also))


def _column_rules(column: Column, found: pa.DataType) -> Iterator[Rule]:
    """Rules of one scalar column; the cheapest that suffices for the found type."""
    value, name = f'landed."{column.name}"', column.name
    cast = cast_of(column, found)

    def rule(reason: str, fails: str, value_class: str, message: str) -> Rule:
        return Rule(name, reason, fails, value_class, f"{name} {message}")

    if not column.nullable:
        yield rule("null_not_allowed", f"{value} is null", "'null'", "must be present")
    if column.family == "varchar":
        if is_bytes(found):
            yield rule(
                "bad_encoding",
                f"{value} is not null and {cast} is null",
                "'bytes that are not UTF-8'",
                "must be UTF-8 text",
            )
        yield from _text_rules(column, cast)
    elif pa.types.is_floating(found):
        finite = f"isfinite(cast({value} as double))"
        yield rule(
            "not_a_number",
            f"{value} is not null and not {finite}",
            "case when isnan(cast(" + value + " as double)) then 'nan' "
            "else 'infinite' end",
            "must be a finite number",
        )
        # A float stands for a decimal only if it is the float nearest to it.
        yield rule(
            "not_representable",
            f"{finite} and ({cast} is null or cast({cast} as double) <> {value})",
            "'number'",
            f"must be representable as {column.data_type}",
        )
    elif not surely_fits(column, found):
        yield rule(
            "not_representable",
            f"{value} is not null and ({cast} is null or {cast} <> {value})",
            "'number'",
            f"must be representable as {column.data_type}",
        )
    bounds = (
        ("below the minimum", "<", column.minimum),
        ("not above the limit", "<=", column.above),
        ("at or over the limit", ">=", column.below),
    )
    for what, operator, bound in bounds:
        if bound is not None:
            yield rule(
                "out_of_range",
                f"{cast} {operator} {bound}",
                f"'{what}'",
                f"must not be {operator} {bound}",
            )


def _text_rules(column: Column, value: str) -> Iterator[Rule]:
    name = column.name

    def rule(reason: str, fails: str, value_class: str, message: str) -> Rule:
        return Rule(name, reason, fails, value_class, f"{name} {message}")

    if column.accepted_values:
        accepted = ", ".join(literal(v) for v in column.accepted_values)
        yield rule(
            "value_not_allowed",
            f"{value} not in ({accepted})",
            "'unknown value'",
            "must be one of the values that the contract lists",
        )
        return
    if column.pattern is not None:
        yield rule(
            "value_not_allowed",
            f"not regexp_full_match({value}, {literal(column.pattern)})",
            "'other pattern'",
            f"must match {column.pattern}",
        )
        return
    if not column.nullable:
        yield rule("blank_key", f"trim({value}) = ''", "'blank'", "must not be blank")
    yield rule(
        "too_long",
        f"strlen({value}) > {column.length}",
        f"'text of ' || strlen({value}) || ' bytes'",
        f"must not be longer than {column.length} bytes",
    )
    yield rule(
        "bad_encoding",
        f"contains({value}, chr(0))",
        "'text with a NUL character'",
        "must be plain UTF-8 text",
    )


def _list_rules(
    contract: TableContract, name: str, child: TableContract
) -> Iterator[Rule]:
    """Rules of a list column: present, filled and complete in every element."""
    column = next(c for c in contract.columns if c.name == name)
    value, cast = f'landed."{name}"', cast_of_list(name, child)
    yield Rule(
        name,
        "not_representable",
        f"{value} is not null and {cast} is null",
        "'list'",
        f"{name} must be representable as the contract's list",
    )
    if not column.nullable:
        yield Rule(
            name,
            "null_not_allowed",
            f"{value} is null",
            "'null'",
            f"{name} must be present",
        )
        yield Rule(
            name,
            "inconsistent_row",
            f"len({value}) = 0",
            "'empty list'",
            f"{name} must not be empty",
        )
    texts = [f"item.{c.name}" for c in child.columns if c.family == "varchar"]
    lengths = [c.length for c in child.columns if c.family == "varchar"]
    if texts:
        odd = " or ".join(
            f"strlen({text}) > {length} or contains({text}, chr(0))"
            for text, length in zip(texts, lengths, strict=True)
        )
        yield Rule(
            name,
            "not_representable",
            f"list_contains(list_transform({cast}, lambda item: {odd}), true)",
            "'text in a list'",
            f"texts in {name} must be plain and not longer than declared",
        )
    for field in child.columns:
        if not field.nullable:
            yield Rule(
                f"{name}.{field.name}",
                "null_not_allowed",
                f"list_contains(list_transform({cast}, lambda item: "
                f"item is null or item.{field.name} is null), true)",
                "'null'",
                f"{field.name} must be present in every element of {name}",
            )

"""What Redshift refuses though PostgreSQL, DuckDB or sqlglot accept it, as patterns.

Each rule is matched against the statement's tokens in lower case, joined by one space,
with literals as `''` and quoted names as `"q"`. Pages are under
https://docs.aws.amazon.com/redshift/latest/dg/.
"""

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """A construct, the pattern that betrays it, and the page that says so."""

    construct: str
    pattern: re.Pattern[str]
    page: str


_FEATURES = "c_unsupported-postgresql-features"
_TYPES = "c_unsupported-postgresql-datatypes"
_COLUMN_TYPES = (
    "uuid|json|jsonb|bytea|hugeint|uhugeint|tinyint|utinyint|usmallint|uinteger|ubigint"
    "|string|blob|list|struct|map|double(?! precision)|serial|bigserial|money|xml"
    "|hstore|inet|cidr|macaddr|bit|timestamp_s|timestamp_ms|timestamp_ns"
)


def _rule(construct: str, pattern: str, page: str = _FEATURES) -> Rule:
    return Rule(construct, re.compile(pattern), page)


RULES = [
    # Clauses of a query
    _rule("DISTINCT ON", r"\bselect distinct on\b"),
    _rule("FILTER on an aggregate", r"\) filter \("),
    _rule("LATERAL", r"\blateral\b"),
    _rule("VALUES as a table", r"\b(from|join|,) \( values\b|^values\b"),
    _rule("FETCH FIRST", r"\bfetch (first|next)\b", "r_ORDER_BY_clause"),
    _rule("TABLESAMPLE", r"\btablesample\b|\busing sample\b"),
    _rule("ASOF JOIN", r"\basof (left |inner )?join\b", "r_Join_examples"),
    _rule("SEMI and ANTI JOIN", r"\b(semi|anti|positional) join\b", "r_Join_examples"),
    _rule("FROM before SELECT", r"^from\b", "r_SELECT_synopsis"),
    _rule("* REPLACE", r"\* replace \(", "r_SELECT_list"),
    _rule("COLUMNS()", r"\b(select|,) columns \(", "r_SELECT_list"),
    _rule(
        "table function",
        r"\b(from|join) (generate_series|generate_subscripts|unnest|range|json_each"
        r"|regexp_split_to_table|read_parquet|read_csv|read_json|\w+_array_elements)\b",
    ),
    _rule(
        "RANGE frame",
        r"\brange (between|unbounded|current|interval)\b",
        "c_Window_functions",
    ),
    _rule(
        "GROUPS frame",
        r"\bgroups (between|unbounded|current)\b",
        "c_Window_functions",
    ),
    _rule("WINDOW clause", r"\bwindow \w+ as \(", "c_Window_functions"),
    # Expressions
    _rule("IS DISTINCT FROM", r"\bis (not )?distinct from\b"),
    _rule("JSON operator", r"->"),
    _rule("operator ~*", r"~\*", "pattern-matching-conditions-posix"),
    _rule("integer division //", r"(?<=[\w)] )/ /(?= [\w(])", "r_OPERATOR_SYMBOLS"),
    _rule("array constructor", r"\barray \[|(\bselect|[,(=]|\bin) \["),
    _rule("struct literal", r"\{", "r_SUPER_type"),
    _rule("type of PostgreSQL or DuckDB", rf":: ({_COLUMN_TYPES})\b", _TYPES),
    _rule(
        "type of PostgreSQL or DuckDB",
        rf"\bcast \([^()]* as ({_COLUMN_TYPES})\b",
        _TYPES,
    ),
    # Statements
    _rule("ON CONFLICT", r"\bon conflict\b"),
    _rule("RETURNING", r"^(insert|update|delete|merge)\b.* returning\b"),
    _rule("INSERT OR REPLACE", r"^insert or\b", "r_INSERT_30"),
    _rule(
        "CREATE OR REPLACE TABLE",
        r"^create or replace (temp |temporary )?table\b",
        "r_CREATE_TABLE_NEW",
    ),
    _rule(
        "CREATE TABLE IF NOT EXISTS … AS",
        r"^create (temp |temporary )?table if not exists [^()]* as\b",
        "r_CREATE_TABLE_AS",
    ),
    _rule("CREATE INDEX", r"^create (unique )?index\b"),
    _rule("CREATE SEQUENCE", r"^create (temp |temporary )?sequence\b"),
    _rule("CREATE TRIGGER", r"^create (or replace )?trigger\b"),
    _rule("CREATE TYPE or DOMAIN", r"^create (type|domain)\b"),
    _rule("CHECK constraint", r"^(create|alter) (temp )?table\b.* check \("),
    _rule("partitioned table", r"^create table\b.*\) partition by\b"),
    _rule("inherited table", r"^create table\b.*\) inherits\b"),
    _rule(
        "type of PostgreSQL or DuckDB",
        r"^create (temp |temporary )?table [^()]*\((.*,)? [\w\"]+ "
        rf"({_COLUMN_TYPES})\b",
        _TYPES,
    ),
    _rule(
        "ADD COLUMN IF NOT EXISTS",
        r"^alter table\b.* add column if not exists\b",
        "r_ALTER_TABLE",
    ),
    _rule(
        "two columns in one ALTER TABLE",
        r"^alter table\b.* add column .* add column\b",
        "r_ALTER_TABLE",
    ),
    _rule("CONCURRENTLY", r"^(create|drop|refresh)\b.* concurrently\b"),
    _rule(
        "MERGE from a subquery",
        r"^merge into .*? using \(",
        "r_MERGE",
    ),
    _rule("MERGE … AND", r"^merge\b.* when (not )?matched and\b", "r_MERGE"),
    _rule("MERGE BY SOURCE", r"^merge\b.* not matched by\b", "r_MERGE"),
    _rule(
        "MERGE with two WHEN MATCHED",
        r"^merge\b.* when matched .* when matched\b",
        "r_MERGE",
    ),
]

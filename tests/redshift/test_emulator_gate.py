"""What Redshift refuses is refused, with the page that says so; the rest passes."""

import csv
from pathlib import Path

import pytest
from redshift_connector.error import ProgrammingError

from tests.redshift.conftest import Run
from tests.redshift.emulator import EmulatedRedshift
from tests.redshift.emulator.gate import refusals
from tests.redshift.emulator.names import PAGES

NEGATIVE_CONTROLS = {
    "DISTINCT ON": "select distinct on (a) a, b from t",
    "FILTER": "select count(*) filter (where a > 1) from t",
    "LATERAL": "select a from t, lateral (select b from u) as x",
    "VALUES as a table": "select * from (values (1), (2)) as t(a)",
    "FETCH FIRST": "select a from t fetch first 3 rows only",
    "TABLESAMPLE": "select a from t tablesample bernoulli (1)",
    "ASOF JOIN": "select a from t asof join u on t.a >= u.a",
    "SEMI and ANTI JOIN": "select a from t anti join u on t.a = u.a",
    "FROM before SELECT": "from t select a",
    "* REPLACE": "select * replace (a + 1 as a) from t",
    "table function": "select i from generate_series(1, 3) as g(i)",
    "RANGE frame": "select sum(a) over (order by b range between 1 preceding and "
    "current row) from t",
    "GROUPS frame": "select sum(a) over (order by b groups between 1 preceding and "
    "current row) from t",
    "WINDOW clause": "select sum(a) over w from t window w as (partition by b)",
    "needs a ROWS frame": "select sum(a) over (partition by b order by c) from t",
    "DISTINCT in a window": "select count(distinct a) over (partition by b) from t",
    "IS DISTINCT FROM": "select a from t where a is distinct from b",
    "JSON operator": "select a ->> 'b' from t",
    "operator ~*": "select a from t where a ~* 'x'",
    "integer division //": "select a // 2 from t",
    "array constructor": "select array[1, 2]",
    "struct literal": "select {'a': 1}",
    "ON CONFLICT": "insert into t (a) select 1 on conflict do nothing",
    "RETURNING": "delete from t where a = 1 returning a",
    "INSERT OR REPLACE": "insert or replace into t select 1",
    "CREATE OR REPLACE TABLE": "create or replace table t as select 1 as a",
    "CREATE TABLE IF NOT EXISTS … AS": "create table if not exists t as select 1 as a",
    "CREATE INDEX": "create unique index i on t (a)",
    "CREATE SEQUENCE": "create sequence s",
    "CHECK constraint": "create table t (a int check (a > 0))",
    "partitioned table": "create table t (a int) partition by range (a)",
    "ADD COLUMN IF NOT EXISTS": "alter table t add column if not exists b int",
    "two columns in one ALTER": "alter table t add column b int, add column c int",
    "MERGE from a subquery": "merge into t using (select 1 as a) s on t.a = s.a "
    "when matched then delete when not matched then insert values (1)",
    "MERGE … AND": "merge into t using s on t.a = s.a when matched and s.b > 0 then "
    "delete when not matched then insert values (1)",
    "MERGE BY SOURCE": "merge into t using s on t.a = s.a when not matched by source "
    "then delete",
    "MERGE with two WHEN MATCHED": "merge into t using s on t.a = s.a when matched "
    "then delete when matched then update set b = 1",
    "recursive CTE tree without a column list": "with recursive tree as (select 1 as n "
    "union all select n + 1 from tree where n < 3) select n from tree",
    "reads itself without RECURSIVE": "with tree(n) as (select 1 union all "
    "select n + 1 from tree where n < 3) select n from tree",
    "different ORDER BY": "select listagg(a, ',') within group (order by a), "
    "listagg(b, ',') within group (order by b) from t",
    "skips a level": "select a from t where exists (select 1 from u where exists "
    "(select 1 from w where w.a = t.a))",
    "correlated subquery with LIMIT": "select (select u.b from u where u.a = t.a "
    "limit 1) from t",
    "type of PostgreSQL or DuckDB": "create table t (a int, b jsonb)",
    "reserved word tag": "select a as tag from t",
    "reserved word raw": "select a from raw.t",
    "reserved word percent": "create table t (percent int)",
    "system column oid": "create table t (oid bigint)",
    "name over 127 bytes": f"select a as {'n' * 128} from t",
    "function string_agg": "select string_agg(a, ',') from t",
    "function array_agg": "select array_agg(a) from t",
    "function arg_max is not in": "select arg_max(a, b) from t",
    "leader-node function current_setting": "select current_setting('x') from t",
    "not readable": "select from where",
}

ACCEPTED = [
    'with files as (select a from "dev"."raw"."files") select a from files',
    "with a as (select 1 as x), b (y) as (select x from a) select y from b",
    "select cast(a as timestamp), a::varchar(16), cast(b as decimal(18, 2)) from t",
    "select sum(a) over (partition by b order by c rows unbounded preceding) from t",
    "select row_number() over (partition by b order by c desc nulls last) from t",
    "select a, b from t qualify row_number() over (partition by b order by c) = 1",
    "with recursive r (n) as (select 1 union all select n + 1 from r) select n from r",
    "select listagg(a, ',') within group (order by a) from t",
    "select x at time zone 'UTC' at time zone 'Europe/London' from t",
    "select 'distinct on (a) -> {' as \"tag\" -- lateral ( \n from t /* filter ( */",
    'create table "raw"."t" (a int encode zstd, primary key (a)) compound sortkey(a)',
    'insert into "dev"."mart"."t" (a, b) ( select a, b from u )',
    "select a from t where exists (select 1 from u where u.a = t.a)",
    "delete from t using s where t.a = s.a",
    "select coalesce(nullif(a, ''), greatest(b, c)), bool_or(d = 1) from t group by 1",
    "grant select on all tables in schema mart to role finance",
    "select nspname from pg_catalog.pg_namespace where has_schema_privilege('a', 'b')",
]


@pytest.mark.parametrize(("reason", "sql"), NEGATIVE_CONTROLS.items())
def test_gate_names_the_construct_and_its_page(reason: str, sql: str) -> None:
    found = [str(refusal) for refusal in refusals(sql)]
    assert any(reason in text and PAGES in text for text in found), found


@pytest.mark.parametrize("sql", ACCEPTED)
def test_gate_lets_redshift_sql_pass(sql: str) -> None:
    assert refusals(sql) == ()


def test_a_refused_statement_fails_on_the_wire_and_is_logged(
    redshift: EmulatedRedshift, run: Run
) -> None:
    with pytest.raises(ProgrammingError, match="DISTINCT ON"):
        run("select distinct on (datname) datname from pg_database where oid > %s", 5)
    logged = [
        s for s in redshift.statements() if s.sql.startswith("select distinct on")
    ]
    assert [s.refused is not None and PAGES in s.refused for s in logged] == [True]


def test_a_broken_statement_does_not_end_the_session(run: Run) -> None:
    with pytest.raises(ProgrammingError, match="unbalanced brackets"):
        run("select len('x'")
    assert run("select len('x')") == [[1]]


def test_every_allowed_function_has_a_page_and_exists(run: Run) -> None:
    path = Path(__file__).parent / "emulator" / "functions.csv"
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["function"] for row in rows] == sorted(row["function"] for row in rows)
    assert all(row["page"] and row["scope"] in {"any", "leader"} for row in rows)
    known = {name for (name,) in run("select proname from pg_catalog.pg_proc")}
    syntax = {"cast", "coalesce", "extract", "greatest", "least", "listagg", "nullif"}
    rewritten = {"nvl", "try_cast", "trim"}
    assert {row["function"] for row in rows} - known - syntax - rewritten == set()

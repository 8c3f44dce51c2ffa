"""The emulation behaves like Redshift where that differs from PostgreSQL."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from redshift_connector.error import ProgrammingError

from tests.redshift.conftest import Run
from tests.redshift.emulator import EmulatedRedshift

REFUSED = ProgrammingError


def test_driver_round_trip_of_types(run: Run, schema: str) -> None:
    run(
        f"create table {schema}.kinds (a smallint, b int, c bigint, d decimal(18, 2),"
        " e double precision, f boolean, g varchar(16), h date, i timestamp)"
    )
    row: list[Any] = [
        1,
        -2,
        2**40,
        Decimal("12.30"),
        1.5,
        True,
        "a\\b 'ü",
        dt.date(2024, 2, 29),
        dt.datetime(2024, 2, 29, 23, 59, 59, 123456),
    ]
    run(f"insert into {schema}.kinds values ({', '.join(['%s'] * 9)})", *row)
    assert run(f"select * from {schema}.kinds") == [row]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7 / 2", 3),
        ("extract(hour from cast('2024-01-01 15:00:00' as timestamp)) / 6", 2),
        ("datediff(day, cast('2024-01-01 23:59:00' as timestamp), '2024-01-02')", 1),
        ("datediff(week, cast('2024-01-06' as date), cast('2024-01-07' as date))", 1),
        ("dateadd(month, 1, cast('2024-01-31' as date))", "2024-02-29 00:00:00"),
        ("dateadd(quarter, -1, cast('2024-05-31' as date))", "2024-02-29 00:00:00"),
        ("date_trunc('month', cast('2024-02-29' as date))", "2024-02-01 00:00:00"),
        ("last_day(cast('2024-02-03' as timestamp))", "2024-02-29"),
        (
            "convert_timezone('UTC', 'Europe/London', cast('2024-07-01' as timestamp))",
            "2024-07-01 01:00:00",
        ),
        ("cast('2024-07-01' as timestamp) at time zone 'Asia/Tokyo'", "2024-06-30 15"),
        ("getdate() at time zone 'UTC' at time zone 'UTC' <= getdate()", True),
        ("regexp_replace('a1b22', '[0-9]', '')", "ab"),
        ("regexp_substr('abc', '[0-9]+')", ""),
        ("strtol(substring(md5('bet'), 1, 15), 16) > 0", True),
        ("strtol('ff', 16)", 255),
        ("sha2('', 256) = sha2('', 256) and len(sha2('', 256)) = 64", True),
        ("round(cast(2.345 as double precision), 2)", 2.35),
        ("try_cast('x' as int)", None),
        ("try_cast('2024-02-30' as date)", None),
        ("json_extract_path_text('{\"a\": 1}', 'b')", ""),
        ("json_extract_path_text('{', 'b', true)", None),
        ("nvl(null, 'x') || 'y'", "xy"),
        ("'it\\'s'", "it's"),
        ("to_char(cast('2024-02-29' as date), 'YYYY-MM')", "2024-02"),
        ("greatest(1, null, 3)", 3),
    ],
)
def test_expression(run: Run, expression: str, value: object) -> None:
    ((got,),) = run(f"select {expression}")
    if isinstance(got, dt.date):
        assert isinstance(value, str)
        assert str(got).startswith(value)
    else:
        assert got == value


NUMBERS = (
    "with numbers as (select 1 as n, 5 as v, cast('a' as varchar) as w union all"
    " select 2, null, 'b' union all select 3, 8, 'a')"
)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("select 7 / 2, avg(n), avg(v) from numbers", [[3, 2, 6]]),
        ("select avg(cast(v as decimal(9, 3))) from numbers", [[Decimal("6.500")]]),
        ("select v from numbers order by v desc", [[None], [8], [5]]),
        ("select v from numbers order by v", [[5], [8], [None]]),
        (
            (
                "select lag(v) ignore nulls over (order by n), lead(v) ignore nulls"
                " over (order by n) from numbers"
            ),
            [[None, 8], [5, 8], [5, None]],
        ),
        (
            (
                "select last_value(v ignore nulls) over (order by n rows between"
                " unbounded preceding and current row) from numbers"
            ),
            [[5], [5], [8]],
        ),
        (
            (
                "select listagg(distinct w, ',') within group (order by w desc), "
                "listagg(w) within group (order by w desc) from numbers"
            ),
            [["b,a", "baa"]],
        ),
        (
            (
                "select * from numbers qualify row_number() over (partition by w"
                " order by n desc nulls last) = 1 order by n"
            ),
            [[2, None, "b"], [3, 8, "a"]],
        ),
        (
            (
                "select *, count(*) over (partition by w) as alike from numbers"
                " qualify alike = 1 or row_number() over (order by n) = 1 order by n"
            ),
            [[1, 5, "a", 2], [2, None, "b", 1]],
        ),
        (
            (
                "select l.*, r.v as other from numbers as l join numbers as r"
                " on r.n = l.n + 1 qualify row_number() over (order by l.n) = 1"
            ),
            [[1, 5, "a", None]],
        ),
        (
            (
                "select w, n from numbers qualify row_number() over (partition by w"
                " order by n desc nulls last) = 1 order by n desc limit 1"
            ),
            [["a", 3]],
        ),
        (
            "select w, count(*), sum(v) from numbers group by all order by w",
            [["a", 2, 13], ["b", 1, None]],
        ),
        ("select approximate count(distinct w) from numbers", [[2]]),
        ("select n from (select n from numbers) where n = 1", [[1]]),
    ],
)
def test_query(run: Run, query: str, rows: list[list[Any]]) -> None:
    assert run(f"{NUMBERS} {query}") == rows


def test_physical_design_is_visible(run: Run, schema: str) -> None:
    run(
        f"create table {schema}.bets (bet_id int encode az64, placed_at timestamp,"
        " primary key (bet_id)) diststyle key distkey(bet_id)"
        " compound sortkey(placed_at, bet_id)"
    )
    run(f"create table {schema}.days diststyle all sortkey(d) as (select 1 as d)")
    run(f"create table {schema}.plain as select 1 as d")
    seen = run(
        'select "table", diststyle, sortkey1, sortkey_num from svv_table_info'
        f" where \"schema\" = '{schema}' order by 1"
    )
    assert seen == [
        ["bets", "KEY(bet_id)", "placed_at", 2],
        ["days", "ALL", "d", 1],
        ["plain", "AUTO(ALL)", "AUTO(SORTKEY)", 0],
    ]


def test_keys_are_informational_and_not_null_is_not(run: Run, schema: str) -> None:
    run(
        f"create table {schema}.t (a int not null primary key, b int unique references"
        f" {schema}.nowhere (b), constraint pair unique (a, b), foreign key (b)"
        f" references {schema}.nowhere (b))"
    )
    for _ in range(2):
        run(f"insert into {schema}.t values (1, 1)")
    assert run(f"select count(*) from {schema}.t") == [[2]]
    with pytest.raises(REFUSED, match="Cannot insert a NULL value into column a"):
        run(f"insert into {schema}.t values (null, 1)")


@pytest.mark.parametrize("ddl", ["(w varchar(4))", "as select 'abc'::varchar(4) as w"])
def test_varchar_counts_bytes(run: Run, schema: str, ddl: str) -> None:
    run(f"create table {schema}.t {ddl}")
    run(f"insert into {schema}.t values ('abcd'), ('üü')")
    with pytest.raises(REFUSED, match=r"(?i)value too long"):
        run(f"insert into {schema}.t values ('üüü')")


def test_text_without_length_holds_256_bytes(run: Run, schema: str) -> None:
    run(f"create table {schema}.t (a text, b varchar(max))")
    run(f"insert into {schema}.t values ('{'x' * 256}', '{'x' * 3000}')")
    with pytest.raises(REFUSED, match=r"(?i)value too long"):
        run(f"insert into {schema}.t values ('{'x' * 257}', '')")


def test_late_binding_view_outlives_its_parent(run: Run, schema: str) -> None:
    run(f"create table {schema}.t as select 1 as a")
    run(f"create view {schema}.bound as select a from {schema}.t")
    with pytest.raises(REFUSED, match="depend"):
        run(f"drop table {schema}.t")
    run(f"drop view {schema}.bound")
    run(f"create view {schema}.v as (select a from {schema}.t) with no schema binding")
    run(f"drop table {schema}.t")
    with pytest.raises(REFUSED, match="does not exist"):
        run(f"select a from {schema}.v")
    run(f"create table {schema}.t as select 2 as a")
    assert run(f"select a from {schema}.v") == [[2]]


def test_failed_statement_rolls_the_transaction_back(
    redshift: EmulatedRedshift, run: Run, schema: str
) -> None:
    run(f"create table {schema}.t (a int not null)")
    with redshift.connect() as connection:
        cursor = connection.cursor()
        cursor.execute(f"insert into {schema}.t values (1)")
        with pytest.raises(REFUSED):
            cursor.execute(f"insert into {schema}.t values (null)")
        connection.rollback()
    assert run(f"select count(*) from {schema}.t") == [[0]]

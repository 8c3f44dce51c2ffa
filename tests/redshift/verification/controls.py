"""Statements that Redshift refuses: proof that whoever checks the others is awake."""

from redshift_connector.error import Error

from tests.redshift.verification.cluster import Cluster

LOADS = '"raw".loads'
CONTROLS = {
    "DISTINCT ON": f"select distinct on (load_id) load_id from {LOADS}",
    "FILTER": f"select count(*) filter (where rows_in > 0) from {LOADS}",
    "VALUES as a table": "select * from (values (1), (2)) as numbers",
    "LATERAL": f"select * from {LOADS} as l, lateral (select l.load_id) as x",
    "FETCH FIRST": f"select load_id from {LOADS} fetch first 1 rows only",
    "table function": "select * from unnest(array[1, 2])",
    "RANGE frame": "select sum(rows_in) over (order by load_id range between"
    f" unbounded preceding and current row) from {LOADS}",
    "GROUPS frame": "select sum(rows_in) over (order by load_id groups between"
    f" unbounded preceding and current row) from {LOADS}",
    "window without a frame": "select sum(rows_in) over (order by load_id)"
    f" from {LOADS}",
    "WINDOW clause": f"select row_number() over w from {LOADS}"
    " window w as (order by load_id)",
    "DISTINCT in a window": f"select count(distinct rows_in) over () from {LOADS}",
    "IS DISTINCT FROM": f"select 1 from {LOADS} where rows_in is distinct from 1",
    "JSON operator": """select '{"a": 1}'::json -> 'a'""",
    "array constructor": "select array[1, 2]",
    "STRING_AGG": f"select string_agg(cast(load_id as varchar), ',') from {LOADS}",
    "ARRAY_AGG": f"select array_agg(load_id) from {LOADS}",
    "REGEXP_MATCHES": "select regexp_matches('ab', 'a')",
    "recursive CTE without columns": "with recursive n as (select 1 as i union all"
    " select i + 1 from n where i < 3) select * from n",
    "MERGE from a subquery": f"merge into {LOADS} using (select 1 as load_id) as s on"
    f" {LOADS}.load_id = s.load_id when matched then update set rows_in = 0 when not"
    " matched then insert (load_id) values (1)",
    "CREATE OR REPLACE TABLE": 'create or replace table "raw".twice (a int)',
    "ON CONFLICT": f"insert into {LOADS} (load_id) values (1) on conflict do nothing",
    "RETURNING": f"delete from {LOADS} where load_id < 0 returning load_id",
    "CREATE INDEX": f"create index by_load on {LOADS} (load_id)",
    "CREATE SEQUENCE": 'create sequence "raw".numbers',
    "CHECK constraint": 'create table "raw".checked (a int, check (a > 0))',
    "type jsonb": 'create table "raw".odd (a jsonb)',
    "type uuid": 'create table "raw".odd (a uuid)',
    "reserved word as a name": f"select load_id as snapshot from {LOADS}",
    "unquoted schema raw": "select 1 from raw.loads",
    "correlated LIMIT": "select (select f.file_id from \"raw\".files as f where"
    f" f.load_id = l.load_id limit 1) from {LOADS} as l",
    "ADD COLUMN IF NOT EXISTS": f"alter table {LOADS} add column if not exists a int",
}  # fmt: skip


def accepted(cluster: Cluster) -> list[str]:
    """Names of the controls that were not refused; there should be none."""
    passed = []
    with cluster.connect() as connection:
        for name, statement in CONTROLS.items():
            try:
                connection.cursor().execute(statement)
            except Error:
                pass
            else:
                passed.append(name)
            connection.rollback()
    return passed

"""Unmodified dbt-redshift builds a small project twice on the emulation."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.redshift.conftest import Run
from tests.redshift.emulator import EmulatedRedshift

GRANTS = "grants={'select': ['role:traders', 'group:bi', 'user:ivy']}"
INCREMENT = """
select bet_id, customer_id, stake, updated_at from {{ ref('stg_bets') }}
{% if is_incremental() %}
where updated_at > (select max(updated_at) from {{ this }})
{% endif %}
"""
FILES = {
    "dbt_project.yml": """
name: small
profile: small
flags: {redshift_grants_extended: true, send_anonymous_usage_stats: false}
models: {small: {+persist_docs: {relation: true, columns: true}}}
seeds:
  small:
    bets:
      +column_types: {bet_id: bigint, stake: "decimal(18,2)", updated_at: timestamp}
    customers: {+column_types: {customer_id: int, country: varchar(2)}}
""",
    "profiles.yml": """
small:
  target: redshift
  outputs:
    redshift:
      type: redshift
      host: "{{ env_var('REDSHIFT_HOST') }}"
      port: "{{ env_var('REDSHIFT_PORT') | as_number }}"
      user: "{{ env_var('REDSHIFT_USER') }}"
      password: "{{ env_var('REDSHIFT_PASSWORD') }}"
      dbname: "{{ env_var('REDSHIFT_DBNAME') }}"
      sslmode: "{{ env_var('REDSHIFT_SSLMODE') }}"
      schema: small
      threads: 4
""",
    "seeds/customers.csv": """customer_id,country,changed_at
1,GB,2024-01-01
2,ES,2024-01-01
""",
    "seeds/bets.csv": """bet_id,customer_id,stake,updated_at
1,1,10.00,2024-01-01 10:00:00
2,2,5.50,2024-01-01 11:00:00
""",
    "models/stg_bets.sql": """
select bet_id, customer_id, stake, updated_at from {{ ref('bets') }}
qualify row_number() over (
    partition by bet_id order by updated_at desc nulls last
) = 1
""",
    "models/late.sql": "{{ config(materialized='view', bind=false) }}\n"
    "select bet_id, stake from {{ ref('bets') }}",
    "models/dim_customers.sql": "{{ config(materialized='table', dist='all', "
    "sort='customer_id', " + GRANTS + ") }}\n"
    """
select
    customers.customer_id, customers.country,
    cast(coalesce(sum(stg_bets.stake), 0) as decimal(18,2)) as stake,
    cast(avg(cast(stg_bets.stake as double precision)) as double precision) as mean
from {{ ref('customers') }} as customers
left join {{ ref('stg_bets') }} as stg_bets
    on stg_bets.customer_id = customers.customer_id
group by 1, 2
""",
    "models/appended.sql": "{{ config(materialized='incremental', "
    "incremental_strategy='append', sort='updated_at') }}" + INCREMENT,
    "models/replaced.sql": "{{ config(materialized='incremental', unique_key='bet_id', "
    "incremental_strategy='delete+insert', dist='customer_id', sort=['updated_at', "
    "'bet_id'], on_schema_change='append_new_columns', " + GRANTS + ") }}" + INCREMENT,
    "models/merged.sql": "{{ config(materialized='incremental', unique_key='bet_id', "
    "incremental_strategy='merge') }}" + INCREMENT,
    "models/schema.yml": """
models:
  - name: dim_customers
    description: "One row per customer, it's under contract."
    config: {contract: {enforced: true}}
    constraints: [{type: primary_key, columns: [customer_id]}]
    columns:
      - name: customer_id
        data_type: int
        description: The key
        constraints: [{type: not_null}]
        data_tests: [unique, not_null]
      - {name: country, data_type: varchar(2)}
      - {name: stake, data_type: "decimal(18,2)"}
      - {name: mean, data_type: double precision}
  - name: merged
    columns:
      - name: customer_id
        data_tests:
          - relationships: {arguments: {to: ref('customers'), field: customer_id}}
unit_tests:
  - name: latest_row_of_a_bet_counts
    model: stg_bets
    given:
      - input: ref('bets')
        rows:
          - {bet_id: 1, customer_id: 1, stake: 1, updated_at: "2024-01-01 10:00:00"}
          - {bet_id: 1, customer_id: 1, stake: 2, updated_at: "2024-01-02 10:00:00"}
    expect:
      rows: [{bet_id: 1, stake: 2}]
""",
    "snapshots/snaps.yml": """
snapshots:
  - name: snap_customers
    relation: ref('customers')
    config:
      unique_key: customer_id
      strategy: check
      check_cols: [country]
      hard_deletes: new_record
      dbt_valid_to_current: "cast('9999-12-31' as timestamp)"
""",
}


class Project:
    """The project's files, and dbt on them in a process of its own."""

    def __init__(self, folder: Path, redshift: EmulatedRedshift) -> None:
        self.folder = folder
        # The project at hand is another one: none of its dbt settings apply.
        own = {k: v for k, v in os.environ.items() if not k.startswith("DBT_")}
        self._env = {**own, **redshift.env(), "DO_NOT_TRACK": "1"}
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def dbt(self, *arguments: str) -> None:
        """Run dbt; its output is the failure's text."""
        done = subprocess.run(
            [Path(sys.executable).with_name("dbt"), *arguments],
            cwd=self.folder,
            env=self._env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_small_project_builds_twice(
    tmp_path: Path, redshift: EmulatedRedshift, run: Run
) -> None:
    run("create role traders")
    run("create group bi")
    run("create user ivy password 'Secret-123'")
    project = Project(tmp_path, redshift)
    project.dbt("build")
    bets = tmp_path / "seeds" / "bets.csv"
    with bets.open("a", encoding="utf-8") as lines:
        lines.write("2,2,7.50,2024-01-02 09:00:00\n3,1,1.00,2024-01-02 10:00:00\n")
    customers = "customer_id,country,changed_at\n1,NL,2024-01-02\n"
    (tmp_path / "seeds" / "customers.csv").write_text(customers, encoding="utf-8")
    project.dbt("build", "--exclude", "test_type:data")
    project.dbt("docs", "generate")

    query = "select bet_id, stake from small.{} order by 1, 2"
    stakes = {
        name: [(bet, float(stake)) for bet, stake in run(query.format(name))]
        for name in ("appended", "replaced", "merged", "late")
    }
    current = [(1, 10.0), (2, 7.5), (3, 1.0)]
    every = [(1, 10.0), (2, 5.5), (2, 7.5), (3, 1.0)]
    assert stakes == {
        "appended": every,
        "replaced": current,
        "merged": current,
        "late": every,
    }
    versions = run(
        "select customer_id, country, dbt_is_deleted from small.snap_customers"
        " order by customer_id, dbt_valid_from, dbt_is_deleted"
    )
    assert versions == [
        [1, "GB", "False"],
        [1, "NL", "False"],
        [2, "ES", "False"],
        [2, "ES", "True"],
    ]
    assert run(
        'select "table", diststyle, sortkey1, sortkey_num from svv_table_info'
        " where \"schema\" = 'small' and sortkey_num > 0 order by 1"
    ) == [
        ["appended", "AUTO(ALL)", "updated_at", 1],
        ["dim_customers", "ALL", "customer_id", 1],
        ["replaced", "KEY(customer_id)", "updated_at", 2],
    ]
    assert run(
        "select identity_name, identity_type from svv_relation_privileges"
        " where namespace_name = 'small' and relation_name = 'replaced'"
        " and identity_name <> current_user order by 1"
    ) == [["bi", "group"], ["ivy", "user"], ["traders", "role"]]
    assert (tmp_path / "target" / "catalog.json").exists()
    refused = [s for s in redshift.statements() if s.refused and "small" in s.sql]
    assert refused == []

{#- dbt's own statement, with one word added: DuckDB would copy a CTE that is read twice,
    here every current row of the snapshot, where a join needs the touched keys alone. -#}
{% macro duckdb__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {{ default__snapshot_staging_table(strategy, source_sql, target_relation)
        | replace('snapshotted_data as (', 'snapshotted_data as not materialized (') }}
{%- endmacro %}

{#- Note that a run of dbt has begun. The note stays when the run is broken off, and what
    it left half built is not published. -#}
{% macro begin_findings() -%}
    {%- set known = findings() -%}
    {%- set is_run = flags.WHICH in ['build', 'run', 'seed', 'snapshot'] -%}
    {%- if execute and is_run and known is not none -%}
        {%- do run_query(
            "insert into " ~ known ~ " (node_id, status, invocation_id)"
            ~ " values ('run', 'unfinished', '" ~ invocation_id ~ "')"
        ) -%}
    {%- endif -%}
{%- endmacro %}

{#- Note that a run of dbt has begun. The note stays when the run is broken off, and what
    it left half built is not published. -#}
{% macro begin_findings() -%}
    {%- set findings = _findings() -%}
    {%- if execute and findings is not none and _changes_relations() -%}
        {%- do run_query(
            "insert into " ~ findings ~ " (node_id, status, invocation_id)"
            ~ " values ('run', 'unfinished', '" ~ invocation_id ~ "')"
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro _changes_relations() -%}
    {{ return(flags.WHICH in ['build', 'run', 'seed', 'snapshot']) }}
{%- endmacro %}

{#- Where findings are kept; none while nothing was ever loaded. -#}
{% macro _findings() -%}
    {%- if execute -%}
        {{ return(load_relation(api.Relation.create(
            database=target.database, schema='raw', identifier='findings'
        ))) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

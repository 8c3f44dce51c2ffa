{#- Note that a run of dbt has begun. The note stays when the run is broken off, and what
    it left half built is not published. -#}
{% macro begin_run() -%}
    {%- set known = load_relation(source('ingestion', 'failures')) if execute -%}
    {%- if known and flags.WHICH in ['build', 'run', 'seed', 'snapshot'] -%}
        {%- set now = run_started_at.strftime("timestamp '%F %T.%f'") -%}
        {%- call statement(auto_begin=false) -%}
            insert into {{ known }}
                (node_id, status, invocation_id, first_failed_at, last_failed_at)
            values ('run', 'unfinished', '{{ invocation_id }}', {{ now }}, {{ now }})
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

{#- Keep what failed in a run of dbt until it no longer does, and that tests ran: for
    whoever publishes, and for the marts. -#}
{% macro end_run(results) -%}
    {%- set failures = load_relation(source('ingestion', 'failures')) if execute -%}
    {%- if failures and flags.WHICH in ['build', 'run', 'seed', 'snapshot', 'test'] -%}
        {%- set now = modules.datetime.datetime.utcnow().strftime(
            "timestamp '%F %T.%f'"
        ) -%}
        {%- set ran = results | rejectattr('status', 'equalto', 'skipped') | list -%}
        {#- What only warns has passed. -#}
        {%- set failed = ran
            | selectattr('status', 'in', ['error', 'fail', 'runtime error']) | list -%}
        {%- do keep_failures(failures, ran, failed, now) -%}
        {%- set is_test = ['node.resource_type', 'equalto', 'test'] -%}
        {%- set tests = ran | selectattr(*is_test) | list | length -%}
        {%- if tests -%}
            {%- call statement(auto_begin=false) -%}
                insert into {{ source('ingestion', 'builds') }}
                select
                    '{{ invocation_id }}',
                    {{ code_revision() }},
                    {{ tests }},
                    {{ failed | selectattr(*is_test) | list | length }},
                    {{ now }},
                    max(loads.known_at)
                from {{ source('ingestion', 'loads') }} as loads
            {%- endcall -%}
        {%- endif -%}
        {%- call statement(auto_begin=false) -%}
            delete from {{ failures }}
            where node_id = 'run' and invocation_id = '{{ invocation_id }}'
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

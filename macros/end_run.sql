{#- Keep what failed in a run of dbt until it no longer does, and that tests ran: for
    whoever publishes, and for the marts. Messages are not kept: they may quote values. -#}
{% macro end_run(results) -%}
    {%- set failures = load_relation(source('ingestion', 'failures')) if execute -%}
    {%- if failures and flags.WHICH in ['build', 'run', 'seed', 'snapshot', 'test'] -%}
        {%- set now = modules.datetime.datetime.utcnow().strftime(
            "timestamp '%F %T.%f'"
        ) -%}
        {%- set ran = results | rejectattr('status', 'equalto', 'skipped') | list -%}
        {%- do _keep_failures(failures, ran, now) -%}
        {%- do _keep_build(ran, now) -%}
        {%- call statement(auto_begin=false) -%}
            delete from {{ failures }}
            where node_id = 'run' and invocation_id = '{{ invocation_id }}'
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

{#- Open a failure, confirm one that is open, or close it. -#}
{% macro _keep_failures(failures, ran, now) -%}
    {%- set open = run_query(
        'select distinct node_id from ' ~ failures ~ ' where passed_at is null'
    ).columns[0].values() -%}
    {%- set failed = ran | selectattr('status', 'in', _failed()) | list -%}
    {%- set marts = marts_made_of() if failed else [] -%}
    {%- for result in ran -%}
        {%- set node, status = result.node, result.status -%}
        {%- set count = 'null' if result.failures is none else result.failures -%}
        {%- if node.unique_id in open -%}
            {%- call statement(auto_begin=false) -%}
                update {{ failures }} set
                {%- if status in _failed() %}
                    status = '{{ status }}',
                    failure_count = {{ count }},
                    last_failed_at = {{ now }}
                {%- else %}
                    passed_at = {{ now }}
                {%- endif %}
                where node_id = '{{ node.unique_id }}' and passed_at is null
            {%- endcall -%}
        {%- elif status in _failed() -%}
            {%- call statement(auto_begin=false) -%}
                insert into {{ failures }} (
                    node_id, status, invocation_id, mart_schema, mart_name,
                    failure_count, first_failed_at, last_failed_at
                ) values
                {%- for mart in _marts_tested_by(node, marts) %}
                    (
                        '{{ node.unique_id }}', '{{ status }}',
                        '{{ invocation_id }}', {{ mart }},
                        {{ count }}, {{ now }}, {{ now }}
                    ){{ ',' if not loop.last }}
                {%- endfor %}
            {%- endcall -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{#- Keep how many tests ran, by which code, and how many failed; nothing without any. -#}
{% macro _keep_build(ran, now) -%}
    {%- set tests = ran | selectattr('node.resource_type', 'equalto', 'test') | list -%}
    {%- if tests -%}
        {%- call statement(auto_begin=false) -%}
            insert into {{ source('ingestion', 'builds') }}
            select
                '{{ invocation_id }}',
                {{ code_revision() }},
                {{ tests | length }},
                {{ tests | selectattr('status', 'in', _failed()) | list | length }},
                {{ now }},
                max(loads.known_at)
            from {{ source('ingestion', 'loads') }} as loads
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

{#- Statuses of a failure; what only warns has passed, and the run says so. -#}
{% macro _failed() -%}
    {{ return(['error', 'fail', 'runtime error']) }}
{%- endmacro %}

{#- Schema and name, as literals, of each mart that a test looks at, or at what it is
    made of; nulls when there is none. -#}
{% macro _marts_tested_by(node, marts) -%}
    {%- set tested = node.depends_on.nodes if node.resource_type == 'test' else [] -%}
    {%- set found = [] -%}
    {%- for schema, name, made_of in marts if made_of | select('in', tested) | list -%}
        {%- do found.append("'" ~ schema ~ "', '" ~ name ~ "'") -%}
    {%- endfor -%}
    {{ return(found or ['null, null']) }}
{%- endmacro %}

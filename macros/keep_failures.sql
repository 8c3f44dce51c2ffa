{#- Close the failures of what no longer fails; open or confirm those of what does.
    Messages are not kept: they may quote values. -#}
{% macro keep_failures(failures, ran, failed, now) -%}
    {%- set open = run_query(
        'select distinct node_id from ' ~ failures ~ ' where passed_at is null'
    ).columns[0].values() -%}
    {%- set failing = failed | map(attribute='node.unique_id') | list -%}
    {%- for name in ran | map(attribute='node.unique_id') -%}
        {%- if name in open and name not in failing -%}
            {%- call statement(auto_begin=false) -%}
                update {{ failures }} set passed_at = {{ now }}
                where node_id = '{{ name }}' and passed_at is null
            {%- endcall -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set marts = marts_made_of() if failed else [] -%}
    {%- for result in failed -%}
        {%- set name, status = result.node.unique_id, result.status -%}
        {%- set count = 'null' if result.failures is none else result.failures -%}
        {%- call statement(auto_begin=false) -%}
            {%- if name in open %}
            update {{ failures }} set
                status = '{{ status }}',
                failure_count = {{ count }},
                last_failed_at = {{ now }}
            where node_id = '{{ name }}' and passed_at is null
            {%- else %}
            insert into {{ failures }} values
            {%- for mart in marts_tested_by(result.node, marts) %}
                (
                    '{{ name }}', '{{ status }}', '{{ invocation_id }}', {{ mart }},
                    {{ count }}, {{ now }}, {{ now }}, null
                ){{ ',' if not loop.last }}
            {%- endfor %}
            {%- endif %}
        {%- endcall -%}
    {%- endfor -%}
{%- endmacro %}

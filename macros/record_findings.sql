{#- Keep which nodes failed when they were last run, and forget those that no longer do.
    Messages are not kept: they may quote values. -#}
{% macro record_findings(results) -%}
    {%- set known = findings() -%}
    {%- set knows = flags.WHICH in ['build', 'run', 'seed', 'snapshot', 'test'] -%}
    {%- if execute and knows and known is not none -%}
        {%- set nodes = run_query('select node_id from ' ~ known).columns[0].values() -%}
        {%- set failed, settled = [], [] -%}
        {%- for result in results if result.status | string != 'skipped' -%}
            {%- do settled.append(result.node.unique_id) -%}
            {%- if result.status | string in ['error', 'fail', 'runtime error'] -%}
                {%- do failed.append(result) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for node in nodes | select('in', settled) -%}
            {%- do run_query(
                "delete from " ~ known ~ " where node_id = '" ~ node ~ "'"
            ) -%}
        {%- endfor -%}
        {%- for result in failed -%}
            {%- do run_query(
                "insert into " ~ known ~ " (node_id, status, invocation_id) values ('"
                ~ result.node.unique_id ~ "', '" ~ result.status ~ "', '"
                ~ invocation_id ~ "')"
            ) -%}
        {%- endfor -%}
        {%- if 'run' in nodes -%}
            {%- do run_query(
                "delete from " ~ known ~ " where node_id = 'run'"
                ~ " and invocation_id = '" ~ invocation_id ~ "'"
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Keep which nodes failed when they were last run, and forget those that no longer do.
    Messages are not kept: they may quote values. -#}
{% macro record_findings(results) -%}
    {%- set findings = _findings() -%}
    {%- set knows = _changes_relations() or flags.WHICH == 'test' -%}
    {%- if execute and findings is not none and knows -%}
        {%- set known = run_query('select node_id from ' ~ findings) -%}
        {%- for statement in _findings_changed(
            findings, results, known.columns[0].values() | list
        ) -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro _findings_changed(findings, results, known) -%}
    {%- set changes, settled = [], [] -%}
    {%- for result in results if result.status | string != 'skipped' -%}
        {%- set node = result.node.unique_id -%}
        {%- if node in known -%}
            {%- do settled.append(node) -%}
        {%- endif -%}
        {%- if result.status | string in ['error', 'fail', 'runtime error'] -%}
            {%- do changes.append(
                "insert into " ~ findings ~ " (node_id, status, invocation_id)"
                ~ " values ('" ~ node ~ "', '" ~ result.status ~ "', '"
                ~ invocation_id ~ "')"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if settled -%}
        {%- do changes.insert(0,
            "delete from " ~ findings ~ " where node_id in ('"
            ~ settled | join("', '") ~ "')"
        ) -%}
    {%- endif -%}
    {%- if 'run' in known -%}
        {%- do changes.append(
            "delete from " ~ findings ~ " where node_id = 'run'"
            ~ " and invocation_id = '" ~ invocation_id ~ "'"
        ) -%}
    {%- endif -%}
    {{ return(changes) }}
{%- endmacro %}

{#- Every mart and all that it is made of, itself included, from the project's own
    lineage: a list of schema, name and list of unique ids. Empty while dbt only parses. -#}
{% macro marts_made_of() -%}
    {%- set marts, nodes = [], graph.get('nodes', {}) -%}
    {%- for mart in nodes.values() if mart.path.startswith('marts/') -%}
        {%- set made_of = [mart.unique_id] -%}
        {#- A list that grows while it is read. -#}
        {%- for current in made_of -%}
            {%- set node = nodes.get(current, {}) -%}
            {%- for parent in node.get('depends_on', {}).get('nodes', []) -%}
                {%- if parent not in made_of -%}
                    {%- do made_of.append(parent) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do marts.append((mart.fqn[-2], mart.name, made_of)) -%}
    {%- endfor -%}
    {{ return(marts | sort) }}
{%- endmacro %}

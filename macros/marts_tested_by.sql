{#- Schema and name, as literals, of each mart that a test looks at, or at what it is
    made of; nulls when there is none. -#}
{% macro marts_tested_by(node, marts) -%}
    {%- set tested = node.depends_on.nodes if node.resource_type == 'test' else [] -%}
    {%- set found = [] -%}
    {%- for schema, name, made_of in marts if made_of | select('in', tested) | list -%}
        {%- do found.append("'" ~ schema ~ "', '" ~ name ~ "'") -%}
    {%- endfor -%}
    {{ return(found or ['null, null']) }}
{%- endmacro %}

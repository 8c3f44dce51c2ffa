{#- Where findings are kept; none while nothing was ever loaded. -#}
{% macro findings() -%}
    {%- if execute -%}
        {{ return(load_relation(api.Relation.create(
            database=target.database, schema='raw', identifier='findings'
        ))) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{#- After the `as` of a common table expression: work it out by itself, and do not mix its
    joins with those around it. It is small, which a planner that sees all of history in
    it does not believe. -#}
{% macro kept() -%}
    {{ return(adapter.dispatch('kept', 'betting_warehouse')()) }}
{%- endmacro %}

{% macro default__kept() -%}
    materialized
{%- endmacro %}

{#- Redshift has no word for it. -#}
{% macro redshift__kept() -%}
{%- endmacro %}

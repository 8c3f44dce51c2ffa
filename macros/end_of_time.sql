{#- Exclusive end of an interval that is still open. What is current is asked for with
    `>=`: DuckDB takes an equality with it to hold for one row, and would build its hash
    tables on history. -#}
{% macro end_of_time() -%}
    cast('9999-12-31' as timestamp)
{%- endmacro %}

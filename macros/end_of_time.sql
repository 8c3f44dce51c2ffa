{#- Exclusive end of an interval that is still open. -#}
{% macro end_of_time() -%}
    cast('9999-12-31' as timestamp)
{%- endmacro %}

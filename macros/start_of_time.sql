{#- A moment before anything was known. -#}
{% macro start_of_time() -%}
    cast('1900-01-01' as timestamp)
{%- endmacro %}

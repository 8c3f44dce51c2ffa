{#- Which code makes the rows of this run: what `warehouse` says that git says. -#}
{% macro code_revision() -%}
    cast('{{ env_var("WAREHOUSE_CODE_REVISION", "unknown") }}' as varchar(64))
{%- endmacro %}

{#- Latest known_at in the incremental model that calls it: what a run goes on from.
    `relation`: the model's own relation, `this`. -#}
{% macro posted_until(relation) -%}
    {{ return(adapter.dispatch('posted_until', 'betting_warehouse')(relation)) }}
{%- endmacro %}

{% macro default__posted_until(relation) -%}
    (select coalesce(max(known_at), {{ start_of_time() }}) from {{ relation }})
{%- endmacro %}

{#- Asked beforehand: only a literal lets Redshift skip the blocks of older rows. A
    common table expression, as in tests, can only be asked where it stands. -#}
{% macro redshift__posted_until(relation) -%}
    {%- if execute and relation is not string and not relation.is_cte -%}
        {%- set answer = run_query('select ' ~ default__posted_until(relation)) -%}
        cast('{{ answer.columns[0].values()[0] }}' as timestamp)
    {%- else -%}
        {{ default__posted_until(relation) }}
    {%- endif -%}
{%- endmacro %}

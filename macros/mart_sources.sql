{#- Select of every mart and the landed relations that it is made of: mart_schema,
    mart_name and source_relations, a list such as
    `,betting.bets_placed,fx.daily_rates,`. Without rows while dbt only parses. -#}
{% macro mart_sources() -%}
    {%- for schema, name, made_of in marts_made_of() -%}
        {%- set landed = [] -%}
        {%- for one in made_of if one in graph.sources -%}
            {%- set source = graph.sources[one] -%}
            {%- if source.config.meta.landed -%}
                {%- do landed.append(source.source_name ~ '.' ~ source.name) -%}
            {%- endif -%}
        {%- endfor %}
    select
        '{{ schema }}' as mart_schema,
        '{{ name }}' as mart_name,
        ',{{ landed | sort | join(',') }},' as source_relations
    union all
    {%- endfor %}
    select
        '' as mart_schema,
        '' as mart_name,
        '' as source_relations
    where 1 = 0
{%- endmacro %}

{#- Select of every mart and the landed relations that it is made of, from the project's
    own lineage: mart_schema, mart_name and source_relations, a list such as
    `,betting.bets_placed,fx.daily_rates,`. Without rows while dbt only parses. -#}
{% macro mart_sources() -%}
    {%- set rows, nodes = [], graph.get('nodes', {}) -%}
    {%- for mart in nodes.values() if mart.path.startswith('marts/') -%}
        {%- set landed, seen, waiting = [], [], [mart.unique_id] -%}
        {%- for _ in range(nodes | length) if waiting -%}
            {%- set current = waiting.pop() -%}
            {%- set node = nodes.get(current, graph.sources.get(current, {})) -%}
            {%- if node.resource_type == 'source' and node.config.meta.landed -%}
                {%- do landed.append(node.source_name ~ '.' ~ node.name) -%}
            {%- endif -%}
            {%- for parent in node.get('depends_on', {}).get('nodes', []) -%}
                {%- if parent not in seen -%}
                    {%- do seen.append(parent) -%}
                    {%- do waiting.append(parent) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do rows.append((mart.fqn[-2], mart.name, landed | sort | join(','))) -%}
    {%- endfor -%}
    {%- for schema, name, landed in rows | sort %}
    select
        '{{ schema }}' as mart_schema,
        '{{ name }}' as mart_name,
        ',{{ landed }},' as source_relations
    union all
    {%- endfor %}
    select
        '' as mart_schema,
        '' as mart_name,
        '' as source_relations
    where 1 = 0
{%- endmacro %}

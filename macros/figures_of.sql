{#- Selects that make rows of columns: for each measure of the relation its name and its
    sum by the key. `measures`: columns, or names and what each is the sum of. -#}
{% macro figures_of(relation, key, measures) -%}
    {%- for measure in measures -%}
        select
            {{ key | join(', ') }},
            '{{ measure }}' as measure,
            cast(
                coalesce(
                    sum({{ measures[measure] if measures is mapping else measure }}), 0
                ) as decimal(18, 2)
            ) as amount
        from {{ relation }}
        group by {{ key | join(', ') }}
        {{ 'union all ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- What a leg returns per unit of stake, to six decimals: its odds while it has no result,
    else (1 - void factor) x win share x odds x dead heat factor + void factor. -#}
{% macro leg_return(leg, rule) -%}
    cast(case
        when {{ leg }}.leg_result is null then {{ leg }}.decimal_odds
        else (1 - coalesce({{ leg }}.void_factor, {{ rule }}.void_factor)) * (
            {{ leg }}.decimal_odds * {{ rule }}.win_share
            * coalesce({{ leg }}.dead_heat_factor, 1)
        ) + coalesce({{ leg }}.void_factor, {{ rule }}.void_factor)
    end as decimal(14, 6))
{%- endmacro %}

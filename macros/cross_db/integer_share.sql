{#- amount x part / whole, rounded half up, of whole numbers that are not negative: in
    integers, so that nothing depends on floating point. -#}
{% macro integer_share(amount, part, whole) -%}
    {{ return(adapter.dispatch('integer_share', 'betting_warehouse')(
        amount, part, whole
    )) }}
{%- endmacro %}

{#- No integer type of Redshift is wider: amount x part must stay below 4.6 x 10^18. -#}
{% macro default__integer_share(amount, part, whole) -%}
    {{ _integer_share(amount, part, whole, 'bigint', '/') }}
{%- endmacro %}

{% macro duckdb__integer_share(amount, part, whole) -%}
    {{ _integer_share(amount, part, whole, 'hugeint', '//') }}
{%- endmacro %}

{% macro _integer_share(amount, part, whole, integer_type, integer_division) -%}
    cast(
        (
            2 * cast({{ amount }} as {{ integer_type }})
            * cast({{ part }} as {{ integer_type }})
            + cast({{ whole }} as {{ integer_type }})
        ) {{ integer_division }} (
            2 * cast({{ whole }} as {{ integer_type }})
        ) as decimal(18, 0)
    )
{%- endmacro %}

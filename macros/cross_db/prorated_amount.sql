{#- amount x part / whole in cents, half up, computed in integers so that no cent
    depends on floating point. Amounts are decimal(18,2) and not negative; the products
    of two amounts in cents must stay below 10^37. -#}
{% macro prorated_amount(amount, part, whole) -%}
    {{ return(adapter.dispatch('prorated_amount', 'betting_warehouse')(amount, part, whole)) }}
{%- endmacro %}

{% macro default__prorated_amount(amount, part, whole) -%}
    {{ _prorated_amount(amount, part, whole, '/') }}
{%- endmacro %}

{% macro duckdb__prorated_amount(amount, part, whole) -%}
    {{ _prorated_amount(amount, part, whole, '//') }}
{%- endmacro %}

{% macro _prorated_amount(amount, part, whole, integer_division) -%}
    cast(
        case
            when {{ part }} = 0 then 0
            when {{ part }} = {{ whole }} then {{ amount }}
            else cast(
                (
                    2 * cast({{ amount }} * 100 as bigint)
                    * cast({{ part }} * 100 as bigint)
                    + cast({{ whole }} * 100 as bigint)
                ) {{ integer_division }} (2 * cast({{ whole }} * 100 as bigint))
                as decimal(18, 2)
            ) / 100
        end as decimal(18, 2)
    )
{%- endmacro %}

{#- amount x part / whole in cents, half up, computed in integers so that no cent
    depends on floating point. Amounts are decimal(18,2) and not negative. -#}
{% macro prorated_amount(amount, part, whole) -%}
    {{ return(adapter.dispatch('prorated_amount', 'betting_warehouse')(
        amount, part, whole
    )) }}
{%- endmacro %}

{#- No integer type of Redshift is wider: the product of two amounts must stay below
    4 x 10^14, as of 20 million by 20 million. -#}
{% macro default__prorated_amount(amount, part, whole) -%}
    {{ _prorated_amount(amount, part, whole, 'bigint', '/') }}
{%- endmacro %}

{% macro duckdb__prorated_amount(amount, part, whole) -%}
    {{ _prorated_amount(amount, part, whole, 'hugeint', '//') }}
{%- endmacro %}

{% macro _prorated_amount(amount, part, whole, integer_type, integer_division) -%}
    cast(
        case
            when {{ part }} = 0 then 0
            when {{ part }} = {{ whole }} then {{ amount }}
            else cast(
                (
                    2 * cast({{ amount }} * 100 as {{ integer_type }})
                    * cast({{ part }} * 100 as {{ integer_type }})
                    + cast({{ whole }} * 100 as {{ integer_type }})
                ) {{ integer_division }} (
                    2 * cast({{ whole }} * 100 as {{ integer_type }})
                ) as decimal(18, 0)
            ) * 0.01
        end as decimal(18, 2)
    )
{%- endmacro %}

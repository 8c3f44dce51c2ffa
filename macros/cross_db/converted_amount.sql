{#- amount x rate_to / rate_from in cents, half away from zero, computed in integers so
    that no cent depends on floating point. Rates are decimal(18,6) units for one unit
    of the same base currency; null when either is null. -#}
{% macro converted_amount(amount, rate_from, rate_to) -%}
    {{ return(adapter.dispatch('converted_amount', 'betting_warehouse')(
        amount, rate_from, rate_to
    )) }}
{%- endmacro %}

{#- No integer type of Redshift is wider: amount x rate must stay below 4.6 x 10^10. -#}
{% macro default__converted_amount(amount, rate_from, rate_to) -%}
    {{ _converted_amount(amount, rate_from, rate_to, 'bigint', '/') }}
{%- endmacro %}

{% macro duckdb__converted_amount(amount, rate_from, rate_to) -%}
    {{ _converted_amount(amount, rate_from, rate_to, 'hugeint', '//') }}
{%- endmacro %}

{% macro _converted_amount(
    amount, rate_from, rate_to, integer_type, integer_division
) -%}
    cast(
        case
            when {{ rate_from }} = {{ rate_to }} then {{ amount }}
            else cast(
                (
                    2 * cast(abs({{ amount }}) * 100 as {{ integer_type }})
                    * cast({{ rate_to }} * 1000000 as {{ integer_type }})
                    + cast({{ rate_from }} * 1000000 as {{ integer_type }})
                ) {{ integer_division }} (
                    2 * cast({{ rate_from }} * 1000000 as {{ integer_type }})
                ) as decimal(18, 0)
            ) * 0.01 * case when {{ amount }} < 0 then -1 else 1 end
        end as decimal(18, 2)
    )
{%- endmacro %}

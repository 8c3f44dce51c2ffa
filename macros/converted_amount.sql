{#- amount x rate_to / rate_from, half away from zero to the cent. Rates are units for one
    unit of the same base currency; null when either is null. On Redshift amount x rate
    must stay below 4.6 x 10^10. -#}
{% macro converted_amount(amount, rate_from, rate_to) -%}
    cast(
        case
            when {{ rate_from }} = {{ rate_to }} then {{ amount }}
            else {{ integer_share(
                'abs(' ~ amount ~ ') * 100',
                rate_to ~ ' * 1000000',
                rate_from ~ ' * 1000000'
            ) }} * 0.01 * case when {{ amount }} < 0 then -1 else 1 end
        end as decimal(18, 2)
    )
{%- endmacro %}

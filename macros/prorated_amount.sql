{#- amount x part / whole, half up to the cent. Amounts are not negative; on Redshift
    amount x part must stay below 4 x 10^14, as of 20 million by 20 million. -#}
{% macro prorated_amount(amount, part, whole) -%}
    cast(
        case
            when {{ part }} = 0 then 0
            when {{ part }} = {{ whole }} then {{ amount }}
            else {{ integer_share(
                amount ~ ' * 100', part ~ ' * 100', whole ~ ' * 100'
            ) }} * 0.01
        end as decimal(18, 2)
    )
{%- endmacro %}

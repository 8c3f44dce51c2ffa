{#- Payout of a bet by its lines, to the cent: lines return `returned` in all per unit of
    stake on each; bonus stakes are not returned, unless the bet is a plain refund. -#}
{% macro bet_payout(stake, bonus, returned, line_count) -%}
    {{ return(adapter.dispatch('bet_payout', 'betting_warehouse')(
        stake, bonus, returned, line_count
    )) }}
{%- endmacro %}

{#- No integer type of Redshift is wider: payout x lines must stay below 4 x 10^10. -#}
{% macro default__bet_payout(stake, bonus, returned, line_count) -%}
    {{ _bet_payout(stake, bonus, returned, line_count, 'bigint', '/') }}
{%- endmacro %}

{% macro duckdb__bet_payout(stake, bonus, returned, line_count) -%}
    {{ _bet_payout(stake, bonus, returned, line_count, 'hugeint', '//') }}
{%- endmacro %}

{#- Twice the payout of all lines in units of 10^-8, plus the divisor, over twice the
    divisor: division in integers, rounded half up. -#}
{% macro _bet_payout(stake, bonus, returned, line_count, integer_type, division) -%}
    cast(
        cast(
            (
                2 * cast((
                    cast(
                        cast({{ stake }} - {{ bonus }} as decimal(13, 2))
                        * cast({{ returned }} as decimal(23, 12)) as decimal(28, 8)
                    ) + cast(
                        cast({{ bonus }} as decimal(13, 2)) * cast(
                            case
                                when {{ returned }} = {{ line_count }}
                                    then {{ line_count }}
                                else greatest({{ returned }} - {{ line_count }}, 0)
                            end as decimal(23, 12)
                        ) as decimal(28, 8)
                    )
                ) * 100000000 as {{ integer_type }})
                + 1000000 * cast({{ line_count }} as {{ integer_type }})
            ) {{ division }} (2000000 * cast({{ line_count }} as {{ integer_type }}))
            as decimal(18, 0)
        ) * 0.01 as decimal(18, 2)
    )
{%- endmacro %}
